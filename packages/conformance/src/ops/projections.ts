import { linear } from '@sequitur/core';
import { reshape, type Tensor, type Tensor3D, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import type { OperationCase } from './operation.js';

/**
 * `x` [batch, length, width] through a linear layer in PyTorch's layout, split into heads: [batch, length, heads,
 * size].
 */
export function projected(given: OperationCase, x: Tensor, layer: string, heads: number): Tensor4D {
  return inHeads(linear(x, transpose(given.input(`${layer}.weight`)), given.input(`${layer}.bias`)), heads);
}

function inHeads(x: Tensor, heads: number): Tensor4D {
  const [batch, length, width] = x.shape as [number, number, number];
  return reshape(x, [batch, length, heads, width / heads]);
}

export function joined(x: Tensor4D): Tensor3D {
  const [batch, length, heads, size] = x.shape;
  return reshape(x, [batch, length, heads * size]);
}
