import {
  append,
  CACHE_BLOCK,
  cacheCapacity,
  keepMaskRows,
  maskRows,
  SequiturError,
  showShape,
  showValue,
} from '@sequitur/core';
import { concat, fill, pad, slice, Tensor, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type Pattern, reach } from './patterns/index.js';

/**
 * The KV cache of self-attention: keys and values in buffers with spare capacity. For a pattern of limited reach it
 * holds only the positions that later queries can attend to, and the first tokens where all queries attend to them.
 */
export type KeyValueCache = {
  /** Number of positions read so far, evicted ones included. */
  readonly length: number;
  /** Number of evicted positions, which follow the first ones that the pattern keeps visible; absent: 0. */
  readonly evicted?: number;
  readonly keys?: Tensor4D; // [batch, capacity, keyHeads, headSize]
  readonly values?: Tensor4D; // [batch, capacity, keyHeads, valueSize]
  /** Padding mask: 1 where a cached position is a real token; absent where there is no padding. */
  readonly attentionMask?: Tensor2D; // [batch, kept]
};

/** A KV cache that is not empty. */
export type FilledCache = KeyValueCache & Required<Pick<KeyValueCache, 'keys' | 'values'>>;

export interface KeyValueChunk {
  readonly keys: Tensor4D; // [batch, added, keyHeads, headSize]
  readonly values: Tensor4D; // [batch, added, keyHeads, valueSize]
  /** [batch, added], 0 at padding. */
  readonly attentionMask?: Tensor2D | undefined;
}

export const emptyCache: KeyValueCache = { length: 0 };

/**
 * Checks a cache, which may come from a file, against the keys and values of the next chunk.
 *
 * @throws SequiturError where its counts, its tensors and the chunk do not match
 */
export function expectCache(cache: KeyValueCache, chunk: KeyValueChunk): void {
  const { length, evicted = 0, keys, values, attentionMask } = cache;
  const kept = cachedPositions(cache);
  const areCounts = [length, evicted, kept].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!areCounts) throw misfit('counts of positions', `length ${length}, evicted ${evicted}`);
  const [batch] = chunk.keys.shape;
  for (const [name, tensor, like] of [
    ['keys', keys, chunk.keys],
    ['values', values, chunk.values],
  ] as const) {
    if (!tensor && kept === 0) continue;
    const [, , heads, size] = like.shape;
    const wanted = `${name} of shape [${batch}, ${kept} or more, ${heads}, ${size}]`;
    if (!tensor) throw misfit(wanted, 'none');
    if (!(tensor instanceof Tensor)) throw misfit(wanted, showValue(tensor));
    const fits = tensor.rank === 4 && [0, 2, 3].every((axis) => tensor.shape[axis] === like.shape[axis]);
    if (!fits || tensor.shape[1] < kept) throw misfit(wanted, showShape(tensor.shape));
  }
  if (attentionMask === undefined) return;
  const wanted = `a mask of shape [${batch}, ${kept}]`;
  if (!(attentionMask instanceof Tensor)) throw misfit(wanted, showValue(attentionMask));
  if (attentionMask.shape[0] !== batch || attentionMask.shape[1] !== kept)
    throw misfit(wanted, showShape(attentionMask.shape));
}

function misfit(expected: string, got: string): SequiturError {
  const fix = 'Pass a state that this model returned, or its initState(batchSize)';
  return new SequiturError({ where: 'the KV cache', expected, got, fix });
}

/** Number of positions that the cache holds. */
export function cachedPositions({ length, evicted = 0 }: KeyValueCache): number {
  return length - evicted;
}

/**
 * Appends the keys and values of a chunk.
 *
 * @returns a new cache, which the caller disposes; the tensors of the old one are unchanged
 */
export function extendCache(cache: KeyValueCache, chunk: KeyValueChunk): FilledCache {
  const kept = cachedPositions(cache);
  const attentionMask = extendMask(cache, chunk);
  return {
    length: cache.length + chunk.keys.shape[1],
    ...(cache.evicted && { evicted: cache.evicted }),
    keys: append(cache.keys ?? null, kept, chunk.keys),
    values: append(cache.values ?? null, kept, chunk.values),
    ...(attentionMask && { attentionMask }),
  };
}

function extendMask(cache: KeyValueCache, { keys, attentionMask }: KeyValueChunk): Tensor2D | undefined {
  if (!cache.attentionMask && !attentionMask) return undefined;
  const [batch, added] = keys.shape;
  const kept = cachedPositions(cache);
  const before = cache.attentionMask ?? withoutPadding(batch, kept);
  const now = attentionMask ?? withoutPadding(batch, added);
  const [first, then] = [maskRows(before), maskRows(now)];
  const rows = first && then && first.map((row, index) => [...row, ...then[index]!]);
  return keepMaskRows(kept === 0 ? now.clone() : (concat([before, now], 1) as Tensor2D), rows);
}

function withoutPadding(batch: number, positions: number): Tensor2D {
  const rows = Array.from({ length: batch }, () => new Array<number>(positions).fill(1));
  return keepMaskRows(fill([batch, positions], 1) as Tensor2D, rows);
}

/**
 * The largest number of positions that a cache must hold for a pattern: a multiple of the block, with room for one more
 * block.
 */
export function maxCachedPositions(pattern: Pattern): number {
  const { left, first } = reach(pattern);
  return left === Infinity ? Infinity : cacheCapacity(first + left + CACHE_BLOCK);
}

/**
 * Evicts the positions that no later query can attend to, but only when the buffers are full: decoding then copies once
 * per block of tokens, and the size of the cache stays constant.
 */
export function evict(cache: FilledCache, pattern: Pattern): FilledCache {
  const { left, first } = reach(pattern);
  const [kept, most] = [cachedPositions(cache), maxCachedPositions(pattern)];
  if (kept < most) return cache;
  const needed = (x: Tensor) => tidy(() => concat([positions(x, 0, first), positions(x, kept - left, left)], 1));
  const roomy = (x: Tensor4D) =>
    tidy(
      () =>
        pad(needed(x), [
          [0, 0],
          [0, most - first - left],
          [0, 0],
          [0, 0],
        ]) as Tensor4D,
    );
  return {
    length: cache.length,
    evicted: cache.length - first - left,
    keys: roomy(cache.keys),
    values: roomy(cache.values),
    ...(cache.attentionMask && { attentionMask: needed(cache.attentionMask) as Tensor2D }),
  };
}

function positions(x: Tensor, start: number, count: number): Tensor {
  const rest = x.shape.slice(2).map(() => 0);
  return slice(x, [0, start, ...rest], [x.shape[0]!, count, ...x.shape.slice(2)]);
}
