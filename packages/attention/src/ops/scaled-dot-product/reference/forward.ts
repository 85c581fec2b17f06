import { dropElements, firstPositions } from '@sequitur/core';
import {
  add,
  cast,
  div,
  equal,
  exp,
  log,
  logicalAnd,
  matMul,
  max,
  mul,
  notEqual,
  ones,
  pad,
  reshape,
  reverse,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tanh,
  tensor,
  tidy,
  tile,
  transpose,
  where,
} from '@tensorflow/tfjs-core';
import { KeySlots } from '../../../patterns/key-slots.js';
import type { ResolvedOptions } from '../options.js';

/** The input tensors of attention. */
export interface AttentionInputs {
  readonly query: Tensor4D; // [batch, queries, heads, headSize]
  readonly key: Tensor4D; // [batch, capacity, keyHeads, headSize]
  readonly value: Tensor4D; // [batch, capacity, keyHeads, valueSize]
  readonly attentionMask?: Tensor | undefined; // [batch, keyLength]
  /** [batch, queries]: with it `attentionMask` holds the document of each key, 0 at padding. */
  readonly documents?: Tensor | undefined;
  readonly bias?: Tensor | undefined; // broadcasts to [batch, heads, queries, keyLength]
  readonly relative?: Tensor | undefined; // [heads, queries + keyLength - 1]
}

/** The score of a masked key, and the logarithm of an empty sum. */
export const HIDDEN = Number.NEGATIVE_INFINITY;

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1), the readable reference: softmax(Q Kᵀ scale) V in each
 * head.
 *
 * @returns the output [batch, queries, heads, valueSize] and log Σ exp of the scores [batch, heads, queries]
 */
export function attentionReference(inputs: AttentionInputs, options: ResolvedOptions): [Tensor4D, Tensor] {
  return tidy(() => {
    const { weights, logSumExp, empty } = weightsReference(inputs, options);
    const mask = dropoutMask(weights, empty, options);
    const kept = mask ? mul(weights, mask) : weights;
    const mixed = matMul(kept, byHead(firstPositions(inputs.value, options.keyLength), inputs.query.shape[2]));
    return [transpose(mixed, [0, 2, 1, 3]) as Tensor4D, logSumExp];
  });
}

export interface Weights {
  readonly weights: Tensor4D; // [batch, heads, queries, keyLength], rows sum to 1, or 0 where fully masked
  readonly logSumExp: Tensor; // [batch, heads, queries]
  readonly seen: Tensor; // bool, broadcasts to the shape of weights
  readonly empty: Tensor; // bool [batch or 1, heads or 1, queries, 1]: which queries are fully masked
  /** tanh of the soft-capped scores, where there is a cap. */
  readonly capped: Tensor | undefined;
}

/** The attention weights of each query and key. */
export function weightsReference(inputs: Omit<AttentionInputs, 'value'>, options: ResolvedOptions): Weights {
  const { query, key, attentionMask, documents, bias, relative } = inputs;
  const [, queries, heads] = query.shape;
  const { keyLength, softCap } = options;
  const keys = byHead(firstPositions(key, keyLength), heads);
  const products = mul(matMul(transpose(query, [0, 2, 1, 3]), keys, false, true), options.scale);
  const capped = softCap === undefined ? undefined : tanh(div(products, softCap));
  let scores: Tensor = capped ? mul(capped, softCap!) : products;
  if (bias) scores = add(scores, bias);
  if (relative) scores = add(scores, byDistance(relative, queries, keyLength));
  const allowed = allowedPairs(queries, options); // [1 or heads, queries, keys]
  const seen = attentionMask ? logicalAnd(allowed, visibleKeys(attentionMask, documents)) : allowed;
  const empty = equal(sum(cast(seen, 'float32'), -1, true), 0); // depends on the masks only, which have no gradient
  const bounded = where(seen, scores, HIDDEN);
  const top = where(empty, 0, max(bounded, -1, true));
  const exponentials = exp(sub(bounded, top));
  const total = sum(exponentials, -1, true); // at least 1, but 0 where fully masked
  const filled = where(empty, 1, total);
  const logSumExp = reshape(where(empty, HIDDEN, add(top, log(filled))), [query.shape[0], heads, queries]);
  const weights = div(exponentials, filled) as Tensor4D;
  const evenly = fullyMaskedWeights(allowed, options);
  return { weights: evenly ? (where(empty, evenly, weights) as Tensor4D) : weights, logSumExp, seen, empty, capped };
}

/**
 * The dropout factors of the weights; the even weights of fully masked queries are not dropped. Null without dropout.
 */
export function dropoutMask({ shape }: Tensor, empty: Tensor, { dropout }: ResolvedOptions): Tensor | null {
  return dropout ? where(empty, 1, dropElements(ones(shape), dropout.rate, dropout.seed)) : null;
}

/** The weights of fully masked queries; null for zeros. */
function fullyMaskedWeights(allowed: Tensor, { fullyMasked, keyLength }: ResolvedOptions): Tensor | null {
  if (fullyMasked === 'zeros') return null;
  const shares = fullyMasked === 'all' ? ones([1, 1, 1, keyLength]) : cast(allowed, 'float32');
  const count = sum(shares, -1, true);
  return div(shares, where(equal(count, 0), 1, count));
}

/** bool [batch, 1, 1 or queries, keys]: which keys are real tokens of the query's document. */
function visibleKeys(attentionMask: Tensor, documents: Tensor | undefined): Tensor {
  const ofKeys = reshape(attentionMask, [attentionMask.shape[0]!, 1, 1, attentionMask.shape[1]!]);
  const real = notEqual(ofKeys, 0);
  if (!documents) return real;
  return logicalAnd(real, equal(ofKeys, reshape(documents, [documents.shape[0]!, 1, documents.shape[1]!, 1])));
}

/**
 * [batch, length, keyHeads, size] -> [batch, heads, length, size], each head repeated for the query heads of its group.
 */
export function byHead(x: Tensor4D, heads: number): Tensor4D {
  const [batch, length, keyHeads, size] = x.shape;
  const split = transpose(x, [0, 2, 1, 3]); // [batch, keyHeads, length, size]
  if (keyHeads === heads) return split;
  // Rank 3, since tile of tfjs's WebGPU backend supports at most four axes.
  const repeated = tile(reshape(split, [batch * keyHeads, 1, length * size]), [1, heads / keyHeads, 1]);
  return reshape(repeated, [batch, heads, length, size]);
}

/** bool [1, 1 or heads, queries, keys]: the mask of the patterns. */
function allowedPairs(queries: number, { patterns, keyLength, offset, evicted }: ResolvedOptions): Tensor {
  const seen = new Uint8Array(patterns.length * queries * keyLength);
  for (const [head, pattern] of patterns.entries()) {
    const slots = new KeySlots(pattern, evicted);
    for (let query = 0; query < queries; query++) {
      const row = (head * queries + query) * keyLength;
      for (let first = 0; first < keyLength; first += 32) {
        const bits = slots.bits(offset + query, first);
        for (let i = 0; i < 32 && first + i < keyLength; i++) seen[row + first + i] = (bits >>> i) & 1;
      }
    }
  }
  return tensor(seen, [1, patterns.length, queries, keyLength], 'bool');
}

/** [heads, queries + keys - 1] by distance -> [1, heads, queries, keys]. */
function byDistance(relative: Tensor, queries: number, keys: number): Tensor {
  const heads = relative.shape[0]!;
  const rows = reshape(tile(relative, [1, queries]), [heads, queries * (queries + keys - 1)]);
  // Row q of the table shifted left by q: the flat array is cut into rows that are one longer.
  const padded = pad(rows, [
    [0, 0],
    [0, queries],
  ]);
  const skewed = reshape(padded, [heads, queries, queries + keys]);
  const reversed = slice(skewed, [0, 0, 0], [heads, queries, keys]); // entry (q, j) is relative[q + j]
  return reshape(reverse(reversed, 2), [1, heads, queries, keys]);
}

/** The derivative of `byDistance`: [heads, queries, keys] -> [heads, queries + keys - 1], summed by distance. */
export function sumByDistance(pairs: Tensor): Tensor {
  const [heads, queries, keys] = pairs.shape as [number, number, number];
  const padded = pad(reverse(pairs, 2), [
    [0, 0],
    [0, 0],
    [0, queries],
  ]);
  const line = reshape(padded, [heads, queries * (keys + queries)]);
  const cut = slice(line, [0, 0], [heads, queries * (keys + queries - 1)]);
  return sum(reshape(cut, [heads, queries, keys + queries - 1]), 1);
}
