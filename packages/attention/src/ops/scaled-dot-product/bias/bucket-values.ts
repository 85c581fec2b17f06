import { embed } from '@sequitur/core';
import { reshape, type Tensor, type Tensor2D, tensor1d, tensor2d, tidy, transpose } from '@tensorflow/tfjs-core';
import { type BucketSettings, expectBuckets, relativeBucket } from './relative-bucket.js';
import type { BucketBias } from './score-bias.js';

/**
 * The relative position bias by distance, for keys at consecutive positions: float32 [heads, queries + keys - 1]. Entry
 * q - k + keys - 1 belongs to query q of the chunk and key k.
 */
export function relativeValues(bias: BucketBias, queries: number, keys: number, offset: number): Tensor2D {
  return tidy(() => {
    const rule = ruleOf(bias);
    const ids = Int32Array.from({ length: queries + keys - 1 }, (_, index) =>
      relativeBucket(keys - 1 - index - offset, rule),
    );
    return transpose(embed(bias.table as Tensor2D, tensor1d(ids, 'int32'))) as Tensor2D;
  });
}

/** The relative position bias of each pair, for keys at any positions: float32 [1, heads, queries, keys]. */
export function bucketValues(bias: BucketBias, queries: number, positions: readonly number[], offset: number): Tensor {
  return tidy(() => {
    const rule = ruleOf(bias);
    const keys = positions.length;
    const ids = Int32Array.from({ length: queries * keys }, (_, index) =>
      relativeBucket(positions[index % keys]! - offset - Math.floor(index / keys), rule),
    );
    const values = embed(bias.table as Tensor2D, tensor2d(ids, [queries, keys], 'int32')); // [queries, keys, heads]
    return reshape(transpose(values, [2, 0, 1]), [1, bias.table.shape[1]!, queries, keys]);
  });
}

function ruleOf({ table, bidirectional, maxDistance }: BucketBias): BucketSettings {
  const rule = { buckets: table.shape[0]!, bidirectional, maxDistance };
  expectBuckets('attention, bias', rule);
  return rule;
}
