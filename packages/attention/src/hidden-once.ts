import {
  add,
  cast,
  div,
  equal,
  exp,
  expandDims,
  less,
  maximum,
  mul,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import {
  type AttentionOptions,
  attention,
  attentionWeights,
  attentionWithLogSumExp,
} from './ops/scaled-dot-product/index.js';
import { except, type Pattern } from './patterns/index.js';

/**
 * What a query takes that sees nothing, where two masks are added to the scores as some models of PyTorch do: what both
 * hide is gone, what one of them hides counts evenly, whatever its score. The first mask is the pattern's; the second
 * hides padding, and what `within` does not show.
 */
export interface HiddenOnce {
  readonly within: Pattern;
}

/** Attention with its empty rows filled so. Three times the work where there is padding: for comparisons. */
export function attentionHiddenOnce(
  query: Tensor4D,
  key: Tensor4D,
  value: Tensor4D,
  options: AttentionOptions,
  hiddenOnce: HiddenOnce,
): Tensor4D {
  if (!options.attentionMask) return attention(query, key, value, options);
  return tidy(() => {
    const seen = attention(query, key, value, { ...options, fullyMasked: 'zeros' });
    const [first, second] = parts(options, hiddenOnce).map((part) => {
      const { output, logSumExp } = attentionWithLogSumExp(query, key, value, part);
      const count = byQuery(exp(logSumExp)); // of keys, since all scores are 0
      return { count, total: mul(output, count) };
    });
    const count = add(first!.count, second!.count);
    const even = div(add(first!.total, second!.total), maximum(count, 1));
    return where(isEmpty(byQuery(emptiness(query, key, options))), even, seen) as Tensor4D;
  });
}

/** How much each query takes from each key then: [batch, heads, queries, keyLength]. */
export function weightsHiddenOnce(
  query: Tensor4D,
  key: Tensor4D,
  options: AttentionOptions,
  hiddenOnce: HiddenOnce,
): Tensor4D {
  if (!options.attentionMask) return attentionWeights(query, key, options);
  return tidy(() => {
    const [first, second] = parts(options, hiddenOnce).map((part) => {
      const count = expandDims(exp(attentionWithLogSumExp(query, key, key, part).logSumExp), 3);
      return { count, total: mul(attentionWeights(query, key, part), count) };
    });
    const count = add(first!.count, second!.count);
    const even = div(add(first!.total, second!.total), maximum(count, 1));
    const weights = attentionWeights(query, key, { ...options, fullyMasked: 'zeros' });
    return where(isEmpty(expandDims(emptiness(query, key, options), 3)), even, weights) as Tensor4D;
  });
}

/** [batch, heads, queries]: log Σ exp of scores that are all 0, through which no gradients flow. */
function emptiness(query: Tensor4D, key: Tensor4D, options: AttentionOptions): Tensor {
  const { pattern, keyLength, offset, evicted, attentionMask } = options;
  const [queries, keys] = [zeros(query.shape) as Tensor4D, zeros(key.shape) as Tensor4D];
  return attentionWithLogSumExp(queries, keys, keys, { pattern, keyLength, offset, evicted, attentionMask }).logSumExp;
}

/** Which queries see nothing: the logarithm of nothing is -1e30. */
function isEmpty(logSumExp: Tensor): Tensor {
  return less(logSumExp, -1e29);
}

/** Keys that only padding hides, and keys that only the pattern hides: all alike. */
function parts(options: AttentionOptions, { within }: HiddenOnce): AttentionOptions[] {
  const { pattern, keyLength, offset, evicted, attentionMask } = options;
  const alike = { keyLength, offset, evicted, scale: 0, fullyMasked: 'zeros' } as const;
  const padding = tidy(() => cast(equal(attentionMask!, 0), 'float32'));
  const hidden = except(within, pattern as Pattern);
  return [
    { ...alike, pattern, attentionMask: padding },
    { ...alike, pattern: hidden, attentionMask },
  ];
}

/** [batch, heads, queries] -> [batch, queries, heads, 1]. */
function byQuery(x: Tensor): Tensor {
  return expandDims(transpose(x, [0, 2, 1]), 3);
}
