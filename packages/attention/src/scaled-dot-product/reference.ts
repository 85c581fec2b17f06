import { dropElements, firstPositions } from '@sequitur/core';
import {
  add,
  expandDims,
  greaterEqual,
  less,
  logicalAnd,
  matMul,
  mul,
  notEqual,
  range,
  reshape,
  softmax,
  sub,
  type Tensor,
  type Tensor4D,
  tidy,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import type { SettledOptions } from './options.js';

/**
 * Scores of keys that are not to be seen: finite, so that a row of nothing else is no NaN. Padding hides less than order
 * does: a query before which all is padding takes evenly from that, never from what comes after it.
 */
const PADDING = -1e9;
const FORBIDDEN = -2e9;

/**
 * Vaswani et al. 2017, equation 1: softmax(Q Kᵀ scale) V in each head, laid out [batch, length, heads, headSize].
 */
export function attentionReference(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: SettledOptions): Tensor4D {
  return tidy(() => {
    const weights = attentionWeights(query, key, options); // [batch, heads, queries, keys]
    const kept = options.dropout ? dropElements(weights, options.dropout.rate, options.dropout.seed) : weights;
    const mixed = matMul(kept, byHead(firstPositions(value, options.keyLength), query.shape[2]));
    return transpose(mixed, [0, 2, 1, 3]) as Tensor4D;
  });
}

/** How much each query takes from each key: [batch, heads, queries, keyLength], rows summing to 1. */
export function attentionWeights(query: Tensor4D, key: Tensor4D, options: SettledOptions): Tensor4D {
  return tidy(() => {
    const keys = byHead(firstPositions(key, options.keyLength), query.shape[2]);
    const products = mul(matMul(transpose(query, [0, 2, 1, 3]), keys, false, true), options.scale);
    const scores = options.bias ? add(products, options.bias) : products;
    const real = options.visible ? where(visibleKeys(options.visible), scores, PADDING) : scores;
    const allowed = allowedPairs(query.shape[1], options);
    return softmax(allowed ? where(allowed, real, FORBIDDEN) : real) as Tensor4D;
  });
}

/** bool [batch, 1, 1, keys]: which keys are real tokens. */
export function visibleKeys(visible: Tensor): Tensor {
  return tidy(() => notEqual(reshape(visible, [visible.shape[0]!, 1, 1, visible.shape[1]!]), 0));
}

/** [batch, length, keyHeads, size] -> [batch, heads, length, size], each head repeated for the queries that share it. */
export function byHead(x: Tensor4D, heads: number): Tensor4D {
  const [batch, length, keyHeads, size] = x.shape;
  const split = transpose(x, [0, 2, 1, 3]); // [batch, keyHeads, length, size]
  if (keyHeads === heads) return split;
  // Rank 3, since tfjs's WebGPU kernels tile no more than four axes.
  const repeated = tile(reshape(split, [batch * keyHeads, 1, length * size]), [1, heads / keyHeads, 1]);
  return reshape(repeated, [batch, heads, length, size]);
}

/** bool [1, 1, queries, keys]: which keys the order lets each query see; null for all. */
function allowedPairs(queries: number, { keyLength, offset, causal, window }: SettledOptions): Tensor | null {
  const position = expandDims(range(offset, offset + queries, 1, 'int32'), 1); // [queries, 1]
  const key = expandDims(range(0, keyLength, 1, 'int32'), 0); // [1, keys]
  const conditions: Tensor[] = [];
  if (causal) conditions.push(greaterEqual(position, key));
  if (window !== undefined) conditions.push(less(sub(position, key), window));
  if (conditions.length === 0) return null;
  const both = conditions.reduce((all, condition) => logicalAnd(all, condition));
  return reshape(both, [1, 1, queries, keyLength]);
}
