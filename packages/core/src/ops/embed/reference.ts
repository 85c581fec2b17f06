import {
  cast,
  expandDims,
  gather,
  matMul,
  mul,
  notEqual,
  oneHot,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';

export interface EmbedAttributes {
  /** The id whose row gets no gradient; -1 for none. */
  readonly padding: number;
}

export interface EmbedGradientAttributes extends EmbedAttributes {
  readonly vocabularySize: number;
}

/** Row `ids[i]` of the table for each i. */
export function embedReference(table: Tensor, ids: Tensor): Tensor {
  return tidy(() => reshape(gather(table, reshape(ids, [ids.size])), [...ids.shape, table.shape[1]!]));
}

/**
 * The gradient of `embedReference` by the table: each row sums the gradients of its id; none in row `padding`. As a
 * product with one-hot ids: tfjs has no segment sum on wasm.
 */
export function embedGradientReference(dy: Tensor, ids: Tensor, vocabularySize: number, padding: number): Tensor {
  return tidy(() => {
    const flat = reshape(ids, [ids.size]) as Tensor1D;
    const counted = cast(notEqual(flat, padding), 'float32'); // [count]
    const rows = mul(reshape(dy, [ids.size, -1]), expandDims(counted, 1)); // [count, width]
    // tfjs's oneHot does not support a single class, as in RoBERTa's token types.
    const chosen = cast(oneHot(flat, Math.max(vocabularySize, 2)), 'float32') as Tensor2D; // [count, vocabulary]
    return slice(matMul(chosen, rows as Tensor2D, true, false), [0, 0], [vocabularySize, -1]);
  });
}
