import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows, sumOverRows } from '../../backends/wasm/rows.js';
import { defineOp, type NativeKernel } from '../define-op.js';
import type { RmsNormAttributes } from './attributes.js';
import { rmsNormCpu, rmsNormGradientCpu } from './cpu.js';
import { rmsNormReference } from './reference.js';
import { rmsNormGradientWebGpu, rmsNormWebGpu } from './webgpu.js';

/** {x, weight} -> [y]. */
export const rmsNormOp = defineOp<RmsNormAttributes>({
  name: 'SequiturRmsNorm',
  reference: ({ x, weight }, { epsilon, groupSize, weightOffset }) => [
    rmsNormReference(x!, weight!, epsilon, groupSize, weightOffset),
  ],
  gradient: {
    inputsToSave: ['x', 'weight'],
    of: ([dy], [x, weight], attributes) => {
      const [dx, dweight] = rmsNormGradient({ x: x!, weight: weight!, dy: dy! }, attributes);
      return { x: () => dx!, weight: () => dweight! };
    },
  },
  kernels: { wasm: (call) => rmsNormWasm(call), cpu: rmsNormCpu, webgpu: rmsNormWebGpu },
});

/** The derivative: {x, weight, dy} -> [dx, dweight]. */
const rmsNormGradient = defineOp<RmsNormAttributes>({
  name: 'SequiturRmsNormGradient',
  reference: ({ x, weight, dy }, attributes) => rmsNormGradientReference(x!, weight!, dy!, attributes),
  kernels: { wasm: (call) => rmsNormGradientWasm(call), cpu: rmsNormGradientCpu, webgpu: rmsNormGradientWebGpu },
});

/** With r = 1 / rms, n = x r and g = (weight + offset) ⊙ dy: dx = r (g - n mean(g ⊙ n)) in each group; dweight = Σ dy ⊙ n. */
function rmsNormGradientReference(x: Tensor, weight: Tensor, dy: Tensor, attributes: RmsNormAttributes): Tensor[] {
  const { epsilon, groupSize, weightOffset } = attributes;
  const width = weight.shape[0]!;
  const groups = reshape(x, [-1, groupSize]);
  const inverseRms = rsqrt(add(mean(square(groups), -1, true), epsilon)); // [groups, 1]
  const normal = mul(groups, inverseRms);
  const scaled = reshape(mul(dy, add(weight, weightOffset)), [-1, groupSize]);
  const dx = mul(inverseRms, sub(scaled, mul(normal, mean(mul(scaled, normal), -1, true))));
  const dweight = sum(mul(reshape(dy, [-1, width]), reshape(normal, [-1, width])), 0);
  return [reshape(dx, x.shape), dweight];
}

const rmsNormWasm: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
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

const rmsNormGradientWasm: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
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
