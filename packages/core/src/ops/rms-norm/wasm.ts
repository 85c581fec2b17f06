import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows, sumOverRows } from '../../backends/wasm/rows.js';
import type { NativeKernel } from '../define-op.js';
import type { RmsNormAttributes } from './reference.js';

export const rmsNormWasm: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  const { x, weight } = inputs;
  const width = weight!.shape[0]!;
  if (!wasm || attributes.groupSize !== width) return null;
  const y = wasm.output(x!.shape);
  const [rows, weights, to] = [wasm.offset(x!), wasm.offset(weight!), wasm.offset(y)];
  const { weightOffset, epsilon } = attributes;
  runOnRows(wasm, 'rmsNormForward', { count: x!.size / width, cost: 12 * width }, ({ from, count }) => {
    const bytes = 4 * from * width;
    return [count, width, rows + bytes, weights, weightOffset, epsilon, to + bytes];
  });
  return [y];
};

export const rmsNormGradientWasm: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const wasm = wasmInstance(backend);
  const { x, weight, dy } = inputs;
  const width = weight!.shape[0]!;
  if (!wasm || attributes.groupSize !== width) return null;
  const [dx, dweight] = [wasm.output(x!.shape), wasm.output([width])];
  const [rows, weights, slopes, to] = [wasm.offset(x!), wasm.offset(weight!), wasm.offset(dy!), wasm.offset(dx)];
  const { weightOffset, epsilon } = attributes;
  const cost = { count: x!.size / width, cost: 24 * width };
  sumOverRows(wasm, 'rmsNormBackward', cost, { sums: [dweight] }, (range, sums) => {
    const bytes = 4 * range.from * width;
    return [range.count, width, rows + bytes, weights, weightOffset, slopes + bytes, epsilon, to + bytes, ...sums];
  });
  return [dx, dweight];
};
