import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp } from '../define-op.js';
import { expectNumber, expectTensor, widthOf } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { layerNormCpu } from './cpu.js';
import { layerNormGradient } from './gradient.js';
import { type LayerNormAttributes, layerNormReference } from './reference.js';
import { layerNormWasm } from './wasm.js';

const layerNormOp = defineOp<LayerNormAttributes>({
  name: 'SequiturLayerNorm',
  reference: ({ x, weight, bias }, { epsilon }) => [layerNormReference(x!, weight!, bias ?? null, epsilon)],
  gradient: {
    inputsToSave: ['x', 'weight'],
    of: ([dy], [x, weight], attributes) => {
      const [dx, dweight, dbias] = layerNormGradient({ x: x!, weight: weight!, dy: dy! }, attributes);
      return { x: () => dx!, weight: () => dweight!, bias: () => dbias! };
    },
  },
  kernels: { cpu: layerNormCpu, wasm: layerNormWasm, webgpu: onWebGpu(({ layerNormWebGpu }) => layerNormWebGpu) },
});

/**
 * Layer normalisation over the last axis (Ba, Kiros and Hinton 2016, equation 4).
 *
 * @param x float32 [..., width]
 * @param weight float32 [width]
 * @param bias float32 [width], or null for none
 * @param epsilon added to the variance
 * @returns float32 [..., width], which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function layerNorm<T extends Tensor>(x: T, weight: Tensor, bias: Tensor | null, epsilon: number): T {
  const width = widthOf('layerNorm, x', x);
  expectTensor('layerNorm, x', x);
  expectTensor('layerNorm, weight', weight, { shape: [width] });
  if (bias) expectTensor('layerNorm, bias', bias, { shape: [width] });
  expectNumber('layerNorm, epsilon', epsilon, 'a number of at least 0', (value) => value >= 0);
  return layerNormOp({ x, weight, ...(bias && { bias }) }, { epsilon })[0] as T;
}
