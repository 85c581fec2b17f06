import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows, sumOverRows } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';
import type { LayerNormAttributes } from './reference.js';

export const layerNormWasm: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, bias } = inputs;
  const width = weight!.shape[0]!;
  const y = wasm.output(x!.shape);
  const [rows, weights, shifts, to] = [wasm.offset(x!), wasm.offset(weight!), wasm.offsetOr0(bias), wasm.offset(y)];
  const cost = { count: x!.size / width, cost: 24 * width };
  runOnRows(wasm, 'layerNormForward', cost, ({ from, count }) => {
    const bytes = 4 * from * width;
    return [count, width, rows + bytes, weights, shifts, attributes.epsilon, to + bytes];
  });
  return [y];
};

export const layerNormGradientWasm: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  if (!wasm) return null;
  const { x, weight, dy } = inputs;
  const width = weight!.shape[0]!;
  const [dx, dweight, dbias] = [wasm.output(x!.shape), wasm.output([width]), wasm.output([width])];
  const [rows, weights, slopes, to] = [wasm.offset(x!), wasm.offset(weight!), wasm.offset(dy!), wasm.offset(dx)];
  const cost = { count: x!.size / width, cost: 40 * width };
  sumOverRows(wasm, 'layerNormBackward', cost, { sums: [dweight, dbias], scratch: width }, (range, sums, row) => {
    const bytes = 4 * range.from * width;
    return [
      ...[range.count, width, rows + bytes, weights, slopes + bytes],
      ...[attributes.epsilon, to + bytes, ...sums, row],
    ];
  });
  return [dx, dweight, dbias];
};
