import type { Tensor } from '@tensorflow/tfjs-core';

/** What is added to the scores before the softmax. Gradients go back to its tensors. */
export type ScoreBias = TensorBias | AlibiBias | BucketBias;

/** Given numbers: float32 that broadcasts to [batch, heads, queries, keyLength]. */
export interface TensorBias {
  readonly kind: 'tensor';
  readonly values: Tensor;
}

/**
 * The position of the key times a slope of the head (Press et al. 2022, "Train short, test long", section 3): the
 * further back, the less; what is equal for all keys of a query falls out of the softmax. Positions are counted over
 * the visible tokens, as Bloom does, so that padding at the left changes nothing.
 */
export interface AlibiBias {
  readonly kind: 'alibi';
  /** One for each head: `alibiSlopes(heads)`. */
  readonly slopes: readonly number[];
}

/** A learned number per head for each bucket of distances (Raffel et al. 2020, "T5", section 2.1). */
export interface BucketBias {
  readonly kind: 'buckets';
  /** float32 [buckets, heads] */
  readonly table: Tensor;
  /** Whether keys to the right of the query have buckets of their own; else they share that of distance 0. */
  readonly bidirectional: boolean;
  /** From this distance on all share the last bucket. */
  readonly maxDistance: number;
}
