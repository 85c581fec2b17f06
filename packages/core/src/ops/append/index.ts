import {
  concat,
  backend as currentBackend,
  type DataId,
  engine,
  slice,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import { copyRows } from '../../backends/copy-rows.js';

/** A buffer grows to the next multiple of this many positions. */
export const CACHE_BLOCK = 64;

/** The capacity reserved for `length` positions. */
export function cacheCapacity(length: number): number {
  return Math.ceil(length / CACHE_BLOCK) * CACHE_BLOCK;
}

/** For each buffer, the number of positions that any continuation has written. */
const written = new WeakMap<DataId, number>();

/**
 * Appends a chunk to the first `length` positions of a cache, as a new tensor with spare capacity; the caller disposes
 * it. `cache` keeps its values: the chunk is written to the same buffer if nothing has been written beyond `length`,
 * like a slice append, and otherwise to a copy. Under a gradient it is a plain, differentiable concatenation without
 * spare capacity.
 *
 * @param cache float32 [batch, capacity >= length, ...], or null before the first chunk
 * @param chunk float32 [batch, added, ...]
 */
export function append<T extends Tensor>(cache: T | null, length: number, chunk: T): T {
  if (isRecording()) return recorded(cache, length, chunk);
  const added = chunk.shape[1]!;
  const total = length + added;
  const roomy = cache && total <= cache.shape[1]! && (written.get(cache.dataId) ?? length) === length;
  const target = roomy ? cache.clone() : reserve(cache, length, chunk, cacheCapacity(total));
  copyRows(currentBackend(), chunk, 0, target, length, added);
  written.set(target.dataId, total);
  return target as T;
}

/** A buffer of `capacity` positions that starts with the first `length` positions of `cache`. */
function reserve(cache: Tensor | null, length: number, { shape }: Tensor, capacity: number): Tensor {
  const fresh = engine().makeTensor(
    new Float32Array(util.sizeFromShape([shape[0]!, capacity, ...shape.slice(2)])),
    [shape[0]!, capacity, ...shape.slice(2)],
    'float32',
  );
  if (cache && length > 0) copyRows(currentBackend(), cache, 0, fresh, 0, length);
  return fresh;
}

function recorded<T extends Tensor>(cache: T | null, length: number, chunk: T): T {
  if (!cache || length === 0) return chunk.clone();
  return tidy(() => concat([firstPositions(cache, length), chunk], 1)) as T;
}

/** The first `length` positions of a cache. */
export function firstPositions<T extends Tensor>(cache: T, length: number): T {
  const { shape } = cache;
  if (shape[1] === length) return cache;
  return slice(cache, new Array(shape.length).fill(0), [shape[0]!, length, ...shape.slice(2)]) as T;
}

function isRecording(): boolean {
  return engine().state.gradientDepth > 0;
}
