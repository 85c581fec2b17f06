import {
  concat,
  matMul,
  reshape,
  slice,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';

/**
 * The relative shift (Dai et al. 2019, appendix B), which converts scores by distance to scores by key. Column c of row
 * i moves to column c - (queries - 1 - i); with descending distances, row i then has distance 0 at its own key. Columns
 * further right hold the start of the next row, after a 0, and are masked by the caller.
 *
 * @param scores [batch, heads, queries, distances]
 */
export function shiftToKeys(scores: Tensor4D): Tensor4D {
  const [batch, heads, queries, distances] = scores.shape;
  return tidy(() => {
    const padded = concat([zeros([batch, heads, queries, 1]), scores], 3);
    const rolled = reshape(padded, [batch, heads, distances + 1, queries]);
    const rest = slice(rolled, [0, 0, 1, 0], [batch, heads, distances, queries]);
    return reshape(rest, [batch, heads, queries, distances]) as Tensor4D;
  });
}

/** Distances from the newest query to all keys, oldest first: keys - 1 ... 0, clamped to `most`. */
export function fallingDistances(keys: number, most = Number.POSITIVE_INFINITY): number[] {
  return Array.from({ length: keys }, (_, key) => Math.min(keys - 1 - key, most));
}

/**
 * Products of queries with vectors that are shared by the batch: the batch is folded into the rows, since tfjs has no
 * gradient of a product that broadcasts one side.
 *
 * @param query [batch, heads, queries, size]
 * @param vectors [heads, distances, size]
 * @returns [batch, heads, queries, distances]
 */
export function scoresOf(query: Tensor4D, vectors: Tensor3D): Tensor4D {
  const [batch, heads, queries, size] = query.shape;
  const rows = reshape(transpose(query, [1, 0, 2, 3]), [heads, batch * queries, size]);
  const scores = reshape(matMul(rows, vectors, false, true), [heads, batch, queries, -1]);
  return transpose(scores, [1, 0, 2, 3]) as Tensor4D;
}
