import { type NativeKernel, runOnRows } from '@sequitur/core';
import { attentionKernels } from '../../wasm-kernels.js';
import type { RotateAttributes } from './reference.js';

export const rotateWasm: NativeKernel<RotateAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  if (!wasm) return null;
  const [x, cosines, sines] = [inputs.x!, inputs.cosines!, inputs.sines!];
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  const [period, pairs] = cosines.shape as [number, number];
  const { interleaved, backwards } = attributes;
  const y = wasm.output(x.shape);
  const [from, cosine, sine, to] = [x, cosines, sines, y].map(wasm.offset) as [number, number, number, number];
  const row = heads * size;
  runOnRows(wasm, 'rotate', { count: batch * length, cost: 16 * row }, (range) => [
    ...[range.from, range.count, period, heads, size, pairs, Number(interleaved), Number(backwards)],
    ...[from + 4 * range.from * row, cosine, sine, to + 4 * range.from * row],
  ]);
  return [y];
};
