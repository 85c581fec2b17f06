import {
  add,
  concat,
  mul,
  ones,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { shifted } from './reference.js';

/**
 * The causal convolution of packed sequences, before the activation: a tap contributes only if no sequence begins
 * between its position and the current one.
 *
 * @param x [batch, kernel - 1 + length, channels]
 * @param resets [batch, length]
 */
export function packedConvolution(x: Tensor3D, weight: Tensor2D, resets: Tensor2D): { sums: Tensor; state: Tensor3D } {
  const [batch, positions, channels] = x.shape;
  const kernel = weight.shape[0];
  const keep = reshape(concat([ones([batch, kernel - 1]), sub(1, resets)], 1), [batch, positions, 1]);
  let sums: Tensor | null = null;
  let attentionMask: Tensor = ones([batch, positions - kernel + 1, 1]);
  for (let k = kernel - 1; k >= 0; k--) {
    const tap = mul(mul(shifted(x, k, kernel), attentionMask), slice(weight, [k, 0], [1, channels]));
    sums = sums ? add(sums, tap) : tap;
    attentionMask = mul(attentionMask, shifted(keep, k, kernel));
  }
  return { sums: sums!, state: lastPositions(x, keep, kernel) };
}

/** The last kernel - 1 positions, 0 where a sequence begins after them. */
function lastPositions(x: Tensor3D, keep: Tensor, kernel: number): Tensor3D {
  const [batch, positions, channels] = x.shape;
  const rows: Tensor[] = [];
  let attentionMask: Tensor = ones([batch, 1, 1]);
  for (let position = positions - 1; position > positions - kernel; position--) {
    rows.unshift(mul(slice(x, [0, position, 0], [batch, 1, channels]), attentionMask));
    attentionMask = mul(attentionMask, slice(keep, [0, position, 0], [batch, 1, 1]));
  }
  return reshape(rows.length ? concat(rows, 1) : slice(x, [0, 0, 0], [batch, 0, channels]), [batch, -1, channels]);
}
