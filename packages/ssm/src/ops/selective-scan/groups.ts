import { reshape, type Tensor, type Tensor3D, tile } from '@tensorflow/tfjs-core';

/** B or C of any allowed shape as [batch, length, groups, state]; a fixed matrix is repeated for every step. */
export function inGroups(matrix: Tensor, { shape: [batch, length, inner] }: Tensor3D): Tensor {
  const state = matrix.shape.at(-1)!;
  if (matrix.rank === 4) return matrix;
  if (matrix.rank === 3) return reshape(matrix, [batch, length, 1, state]);
  return reshape(tile(reshape(matrix, [1, inner * state]), [batch * length, 1]), [batch, length, inner, state]);
}

/** Repeats the rows of each step, so that there are `groups`. */
export function regrouped(matrix: Tensor, groups: number): Tensor {
  const [batch, length, own, state] = matrix.shape as [number, number, number, number];
  if (own === groups) return matrix;
  const repeated = tile(reshape(matrix, [batch * length * own, 1, state]), [1, groups / own, 1]);
  return reshape(repeated, [batch, length, groups, state]);
}
