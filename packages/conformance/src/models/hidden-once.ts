import {
  type AttentionOptions,
  attention,
  attentionWeights,
  attentionWithLogSumExp,
  except,
  MultiHeadAttention,
  type Pattern,
} from '@sequitur/attention';
import type { MixContext } from '@sequitur/core';
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
  reshape,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
  where,
  zeros,
} from '@tensorflow/tfjs-core';

/**
 * Fills fully masked rows of an attention like the PyTorch models that add two masks to the scores: keys hidden by both
 * masks get no weight, keys hidden by one of them get equal weights. The first mask is the pattern; the second hides
 * padding and the keys outside `within`. Only for comparisons: these rows are unused otherwise.
 */
export function fillHiddenOnce(mixer: MultiHeadAttention, within: Pattern): void {
  class HiddenOnceAttention extends MultiHeadAttention {
    protected override attend(
      query: Tensor4D,
      keys: Tensor4D,
      values: Tensor4D,
      options: AttentionOptions,
      { observe, random }: MixContext,
    ): Tensor3D {
      const dropout = random && this.dropout > 0 ? { rate: this.dropout, seed: random.next() } : undefined;
      const scaled = { ...options, scale: this.scale };
      observe?.('weights', weightsHiddenOnce(query, keys, scaled, within));
      const output = attentionHiddenOnce(query, keys, values, { ...scaled, dropout }, within); // [batch, length, heads, size]
      return this.output.apply(reshape(output, [output.shape[0], output.shape[1], -1]));
    }
  }
  Object.setPrototypeOf(mixer, HiddenOnceAttention.prototype);
}

/** Attention with fully masked rows filled in that way; three times the cost if there is padding. */
export function attentionHiddenOnce(
  query: Tensor4D,
  key: Tensor4D,
  value: Tensor4D,
  options: AttentionOptions,
  within: Pattern,
): Tensor4D {
  if (!options.attentionMask) return attention(query, key, value, options);
  return tidy(() => {
    const seen = attention(query, key, value, { ...options, fullyMasked: 'zeros' });
    const [first, second] = parts(options, within).map((part) => {
      const { output, logSumExp } = attentionWithLogSumExp(query, key, value, part);
      const count = byQuery(exp(logSumExp)); // of keys, since all scores are 0
      return { count, total: mul(output, count) };
    });
    const count = add(first!.count, second!.count);
    const even = div(add(first!.total, second!.total), maximum(count, 1));
    return where(isEmpty(byQuery(emptiness(query, key, options))), even, seen) as Tensor4D;
  });
}

/** The attention weights, [batch, heads, queries, keyLength]. */
function weightsHiddenOnce(query: Tensor4D, key: Tensor4D, options: AttentionOptions, within: Pattern): Tensor4D {
  if (!options.attentionMask) return attentionWeights(query, key, options);
  return tidy(() => {
    const [first, second] = parts(options, within).map((part) => {
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

/** Which queries are fully masked: there the log-sum-exp is -Infinity. */
function isEmpty(logSumExp: Tensor): Tensor {
  return less(logSumExp, -1e29);
}

/** Attention over the keys that only padding hides, and over those that only the pattern hides, with equal weights. */
function parts(options: AttentionOptions, within: Pattern): AttentionOptions[] {
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
