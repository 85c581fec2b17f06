import { Embedding, type Initializer, normal } from '@sequitur/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectBuckets } from '../ops/scaled-dot-product/bias/relative-bucket.js';
import type { ScoreBias } from '../ops/scaled-dot-product/bias/score-bias.js';
import { PositionalEncoding } from './positional-encoding.js';

export interface RelativeBucketsOptions {
  readonly heads: number;
  /** Number of distance buckets; default 32. */
  readonly buckets?: number;
  /** Keys after the query have separate buckets (encoders). */
  readonly bidirectional: boolean;
  /** Larger distances share the last bucket with this one; default 128. */
  readonly maxDistance?: number;
  readonly initializer?: Initializer;
}

/**
 * Relative position bias of T5 (Raffel et al. 2020, section 2.1): a learned scalar per head and distance bucket is
 * added to the scores. All layers of a stack share one instance.
 */
export class RelativeBuckets extends PositionalEncoding {
  readonly table: Embedding; // [buckets, heads]
  readonly bidirectional: boolean;
  readonly maxDistance: number;

  constructor({
    heads,
    buckets = 32,
    bidirectional,
    maxDistance = 128,
    initializer = normal(0.02),
  }: RelativeBucketsOptions) {
    super();
    expectBuckets('RelativeBuckets', { buckets, bidirectional, maxDistance });
    this.table = new Embedding(buckets, heads, initializer, { quantizable: false });
    this.bidirectional = bidirectional;
    this.maxDistance = maxDistance;
  }

  override scoreBias(): ScoreBias {
    const { bidirectional, maxDistance } = this;
    return { kind: 'buckets', table: this.table.weight.value as Tensor2D, bidirectional, maxDistance };
  }
}
