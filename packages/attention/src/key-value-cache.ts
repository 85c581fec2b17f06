import { append, CACHE_BLOCK, cacheCapacity } from '@sequitur/core';
import { concat, fill, pad, slice, type Tensor, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type Pattern, reach } from './patterns/index.js';

/**
 * What attention remembers: keys and values in buffers with room to grow. Of a pattern that looks only so far back it
 * keeps no more than that can still be seen, beside the first tokens where those are seen from everywhere.
 */
export type KeyValueCache = {
  /** How many positions were read. */
  readonly length: number;
  /** How many of them are no longer kept, behind the first ones that the pattern always shows; absent: none. */
  readonly evicted?: number;
  readonly keys?: Tensor4D; // [batch, capacity, keyHeads, headSize]
  readonly values?: Tensor4D; // [batch, capacity, keyHeads, valueSize]
  /** 1 where a kept position holds a real token; absent while all do. */
  readonly attentionMask?: Tensor2D; // [batch, kept]
};

/** A memory that something was read into. */
export type FilledMemory = KeyValueCache & Required<Pick<KeyValueCache, 'keys' | 'values'>>;

export interface RememberedChunk {
  readonly keys: Tensor4D; // [batch, added, keyHeads, headSize]
  readonly values: Tensor4D; // [batch, added, keyHeads, headSize]
  /** [batch, added], 0 at padding. */
  readonly attentionMask?: Tensor2D | undefined;
}

export const emptyMemory: KeyValueCache = { length: 0 };

/** How many positions the buffers hold. */
export function keptPositions({ length, evicted = 0 }: KeyValueCache): number {
  return length - evicted;
}

/** The memory with a chunk behind it, as new tensors; the old memory keeps its values. */
export function remember(memory: KeyValueCache, chunk: RememberedChunk): FilledMemory {
  const kept = keptPositions(memory);
  const attentionMask = rememberVisible(memory, chunk);
  return {
    length: memory.length + chunk.keys.shape[1],
    ...(memory.evicted && { evicted: memory.evicted }),
    keys: append(memory.keys ?? null, kept, chunk.keys),
    values: append(memory.values ?? null, kept, chunk.values),
    ...(attentionMask && { attentionMask }),
  };
}

function rememberVisible(memory: KeyValueCache, { keys, attentionMask }: RememberedChunk): Tensor2D | undefined {
  if (!memory.attentionMask && !attentionMask) return undefined;
  const [batch, added] = keys.shape;
  const kept = keptPositions(memory);
  const now = attentionMask ?? (fill([batch, added], 1) as Tensor2D);
  if (kept === 0) return now.clone();
  return concat([memory.attentionMask ?? (fill([batch, kept], 1) as Tensor2D), now], 1);
}

/** The most positions for which a pattern needs buffers: a multiple of a block, with room for one more block. */
export function mostPositions(pattern: Pattern): number {
  const { left, first } = reach(pattern);
  return left === Infinity ? Infinity : cacheCapacity(first + left + CACHE_BLOCK);
}

/**
 * The memory without what no later query can see. It forgets when its buffers are full, and then down to what is needed,
 * so that decoding copies once in a block of tokens, and its bytes stay the same however long the text becomes.
 */
export function evict(memory: FilledMemory, pattern: Pattern): FilledMemory {
  const { left, first } = reach(pattern);
  const [kept, most] = [keptPositions(memory), mostPositions(pattern)];
  if (kept < most) return memory;
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
    length: memory.length,
    evicted: memory.length - first - left,
    keys: roomy(memory.keys),
    values: roomy(memory.values),
    ...(memory.attentionMask && { attentionMask: needed(memory.attentionMask) as Tensor2D }),
  };
}

function positions(x: Tensor, start: number, count: number): Tensor {
  const rest = x.shape.slice(2).map(() => 0);
  return slice(x, [0, start, ...rest], [x.shape[0]!, count, ...x.shape.slice(2)]);
}
