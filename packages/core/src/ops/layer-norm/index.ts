import type { Tensor } from '@tensorflow/tfjs-core';
import { wasmInstance } from '../../backends/wasm/instance.js';
import { runOnRows } from '../../backends/wasm/rows.js';
import { defineOp, type NativeKernel } from '../define-op.js';
import { expectNumber, expectTensor, widthOf } from '../expect-tensor.js';
import { layerNormCpu } from './cpu.js';
import { layerNormGradient } from './gradient.js';
import { layerNormReference } from './reference.js';
import { layerNormWebGpu } from './webgpu.js';

interface Attributes {
  readonly epsilon: number;
}

const layerNormWasm: NativeKernel<Attributes> = ({ inputs, attributes, backend }) => {
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

const layerNormOp = defineOp<Attributes>({
  name: 'SequiturLayerNorm',
  reference: ({ x, weight, bias }, { epsilon }) => [layerNormReference(x!, weight!, bias ?? null, epsilon)],
  gradient: {
    inputsToSave: ['x', 'weight'],
    of: ([dy], [x, weight], attributes) => {
      const [dx, dweight, dbias] = layerNormGradient({ x: x!, weight: weight!, dy: dy! }, attributes);
      return { x: () => dx!, weight: () => dweight!, bias: () => dbias! };
    },
  },
  kernels: { wasm: layerNormWasm, cpu: layerNormCpu, webgpu: layerNormWebGpu },
});

/**
 * Layer normalisation over the last axis (Ba, Kiros and Hinton 2016, equation 4).
 *
 * @param x float32 [..., width]
 * @param weight float32 [width]
 * @param bias float32 [width], or null for none
 * @param epsilon added to the variance
 * @returns float32 [..., width], which the caller disposes
 * @throws SequiturError when a shape or dtype does not fit
 */
export function layerNorm<T extends Tensor>(x: T, weight: Tensor, bias: Tensor | null, epsilon: number): T {
  const width = widthOf('layerNorm, x', x);
  expectTensor('layerNorm, x', x);
  expectTensor('layerNorm, weight', weight, { shape: [width] });
  if (bias) expectTensor('layerNorm, bias', bias, { shape: [width] });
  expectNumber('layerNorm, epsilon', epsilon, 'a number of at least 0', (value) => value >= 0);
  return layerNormOp({ x, weight, ...(bias && { bias }) }, { epsilon })[0] as T;
}
