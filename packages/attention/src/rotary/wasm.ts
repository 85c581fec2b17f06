import type { NativeKernel } from '@sequitur/core';
import { attentionKernels } from '../wasm-kernels.js';
import type { RotateAttributes } from './reference.js';

export const rotateWasm: NativeKernel<RotateAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = attentionKernels(backend);
  if (!wasm) return null;
  const [x, cosines, sines] = [inputs.x!, inputs.cosines!, inputs.sines!];
  const [batch, length, heads, size] = x.shape as [number, number, number, number];
  const [period, pairs] = cosines.shape as [number, number];
  const { interleaved, backwards } = attributes;
  const y = wasm.output(x.shape);
  const [from, cosine, sine, to] = [x, cosines, sines, y].map((tensor) => wasm.offset(tensor));
  wasm.kernels.rotate(
    ...([batch * length, period, heads, size, pairs, interleaved, backwards] as const),
    ...([from!, cosine!, sine!, to!] as const),
  );
  return [y];
};
