import {
  cast,
  expandDims,
  gather,
  matMul,
  mul,
  notEqual,
  oneHot,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';

/** Row `ids[i]` of the table for each i. */
export function embedReference(table: Tensor2D, ids: Tensor): Tensor {
  return tidy(() => reshape(gather(table, reshape(ids, [ids.size])), [...ids.shape, table.shape[1]]));
}

/** The derivative of `embedReference` by the table: each row sums what came back for its id; none in row `padding`. */
export function embedGradientReference(
  dy: Tensor2D, // [count, width]
  ids: Tensor1D, // [count]
  vocabularySize: number,
  padding: number,
): Tensor2D {
  return tidy(() => {
    const counted = cast(notEqual(ids, padding), 'float32'); // [count]
    const chosen = cast(oneHot(ids, vocabularySize), 'float32') as Tensor2D; // [count, vocabulary]
    return matMul(chosen, mul(dy, expandDims(counted, 1)) as Tensor2D, true, false);
  });
}
