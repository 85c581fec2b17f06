import { add, fused, reshape, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { partsOfLargeTable } from '../../backends/webgpu/large-tables.js';
import type { NativeKernel } from '../define-op.js';
import { times } from '../products/index.js';

/** tfjs's matrix product, which adds the bias in the same dispatch; in parts where the weight is too large. */
export const linearWebGpu: NativeKernel<object> = ({ inputs: { x, weight, bias }, backend }) => {
  const [inputs, outputs] = weight!.shape as [number, number];
  const isLarge = partsOfLargeTable(backend, weight!.shape) !== null;
  if (!bias && !isLarge) return null;
  return [
    tidy(() => {
      const rows = reshape(x!, [-1, inputs]) as Tensor2D;
      const shape = [...x!.shape.slice(0, -1), outputs];
      if (!isLarge) return reshape(fused.matMul({ a: rows, b: weight as Tensor2D, bias: bias as Tensor1D }), shape);
      const product = times(rows, weight as Tensor2D);
      return reshape(bias ? add(product, bias) : product, shape);
    }),
  ];
};
