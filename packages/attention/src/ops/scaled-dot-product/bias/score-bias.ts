import type { Tensor } from '@tensorflow/tfjs-core';

/** A bias that is added to the scores before the softmax. Its tensors get gradients. */
export type ScoreBias = TensorBias | AlibiBias | BucketBias;

/** A bias given as a tensor: float32 that broadcasts to [batch, heads, queries, keyLength]. */
export interface TensorBias {
  readonly kind: 'tensor';
  readonly values: Tensor;
}

/**
 * The ALiBi bias (Press et al. 2022, "Train short, test long", section 3): slope of the head × position of the key. It
 * equals slope × negative distance up to a constant per query, which cancels in the softmax. Positions are counted over
 * real tokens, as in Bloom, so that left padding changes nothing.
 */
export interface AlibiBias {
  readonly kind: 'alibi';
  /** One for each head: `alibiSlopes(heads)`. */
  readonly slopes: readonly number[];
}

/**
 * The relative position bias of T5 (Raffel et al. 2020, section 2.1): a learned scalar per head and distance bucket.
 */
export interface BucketBias {
  readonly kind: 'buckets';
  /** float32 [buckets, heads] */
  readonly table: Tensor;
  /** Whether keys to the right of the query have separate buckets; else they share that of distance 0. */
  readonly bidirectional: boolean;
  /** Larger distances share the last bucket with this one. */
  readonly maxDistance: number;
}
