import { fused, reshape, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import type { NativeKernel } from '../define-op.js';

/** tfjs's product of two matrices, which adds the bias in the same dispatch. */
export const linearWebGpu: NativeKernel<object> = ({ inputs: { x, weight, bias } }) => {
  const [inputs, outputs] = weight!.shape as [number, number];
  if (!bias) return null;
  return [
    tidy(() => {
      const rows = reshape(x!, [-1, inputs]) as Tensor2D;
      const product = fused.matMul({ a: rows, b: weight as Tensor2D, bias: bias as Tensor1D });
      return reshape(product, [...x!.shape.slice(0, -1), outputs]);
    }),
  ];
};
