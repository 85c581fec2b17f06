import { dropElements, firstPositions } from '@sequitur/core';
import {
  add,
  cast,
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

/** Score of a key that is not to be seen: finite, so that a row of nothing else is no NaN. */
const HIDDEN = -1e9;

/**
 * Vaswani et al. 2017, equation 1: softmax(Q Kᵀ scale) V in each head, laid out [batch, length, heads, headSize].
 * A query that sees no key gives 0.
 */
export function attentionReference(query: Tensor4D, key: Tensor4D, value: Tensor4D, options: SettledOptions): Tensor4D {
  return tidy(() => {
    const weights = attentionWeights(query, key, options); // [batch, heads, queries, keys]
    const kept = options.dropout ? dropElements(weights, options.dropout.rate, options.dropout.seed) : weights;
    const mixed = matMul(kept, byHead(firstPositions(value, options.keyLength), query.shape[2]));
    return transpose(mixed, [0, 2, 1, 3]) as Tensor4D;
  });
}

/** How much each query takes from each key: [batch, heads, queries, keyLength], rows summing to 1, or to 0 where nothing is visible. */
export function attentionWeights(query: Tensor4D, key: Tensor4D, options: SettledOptions): Tensor4D {
  return tidy(() => {
    const keys = byHead(firstPositions(key, options.keyLength), query.shape[2]);
    const products = mul(matMul(transpose(query, [0, 2, 1, 3]), keys, false, true), options.scale);
    const scores = options.bias ? add(products, options.bias) : products;
    const allowed = allowedPairs(query.shape[1], options);
    if (!allowed) return softmax(scores) as Tensor4D;
    const hidden = where(allowed, scores, HIDDEN);
    return mul(softmax(hidden), cast(allowed, 'float32')) as Tensor4D;
  });
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

/** bool that broadcasts to [batch, heads, queries, keys]: which keys each query may see; null for all. */
function allowedPairs(queries: number, { keyLength, offset, causal, window, visible }: SettledOptions): Tensor | null {
  const conditions: Tensor[] = [];
  const position = expandDims(range(offset, offset + queries, 1, 'int32'), 1); // [queries, 1]
  const key = expandDims(range(0, keyLength, 1, 'int32'), 0); // [1, keys]
  if (causal) conditions.push(greaterEqual(position, key));
  if (window !== undefined) conditions.push(less(sub(position, key), window));
  if (visible) conditions.push(notEqual(reshape(visible, [visible.shape[0]!, 1, 1, keyLength]), 0));
  if (conditions.length === 0) return null;
  const both = conditions.reduce((all, condition) => logicalAnd(all, condition));
  return both.rank === 4 ? both : reshape(both, [1, 1, queries, keyLength]);
}
