import { add, cast, concat, cumsum, equal, fill, mul, slice, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { FilledCache } from './key-value-cache.js';
import type { PackedDocuments } from './ops/scaled-dot-product/index.js';

/**
 * The documents of a chunk of packed sequences: the one that its first token may continue, and a new one from each
 * reset on.
 *
 * @param resets [batch, length], 1 where a sequence begins
 * @param before number of keys before the chunk, all of the document that it continues
 */
export function packedDocuments(resets: Tensor2D, before: number): PackedDocuments {
  const [batch] = resets.shape;
  const ofQueries = add(cumsum(cast(resets, 'float32'), 1), 1);
  return { ofQueries, ofKeys: before ? concat([fill([batch, before], 1), ofQueries], 1) : ofQueries };
}

/** The cache after a chunk of packed sequences: in each row, only the keys of its last document are unmasked. */
export function ofLastDocuments(cache: FilledCache, { ofQueries, ofKeys }: PackedDocuments): FilledCache {
  const [batch, length] = ofQueries.shape as [number, number];
  const own = cast(equal(ofKeys, slice(ofQueries, [0, length - 1], [batch, 1])), 'float32') as Tensor;
  return { ...cache, attentionMask: (cache.attentionMask ? mul(cache.attentionMask, own) : own) as Tensor2D };
}
