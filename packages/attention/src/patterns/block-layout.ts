import { type Evicted, KeySlots } from './key-slots.js';
import { LayoutCache } from './layout-cache.js';
import { type Pattern, patternKey } from './pattern.js';
import { range } from './visible-bits.js';

/** A chunk of queries, the keys that it attends to, and the block sizes of both. */
export interface LayoutRequest {
  readonly queries: number;
  /** Number of keys, evicted ones not counted. */
  readonly keys: number;
  /** Position of the first query. */
  readonly offset: number;
  readonly queryBlock: number;
  /** A multiple of 32. */
  readonly keyBlock: number;
  readonly evicted?: Evicted | undefined;
}

/**
 * The block-sparse layout of a pattern: for every block of queries the blocks of keys that it attends to, ascending.
 * Blocks that are not listed are fully masked. No array has queries × keys entries, unless the pattern itself is that
 * irregular.
 */
export interface BlockLayout {
  readonly queryBlock: number;
  readonly keyBlock: number;
  /** [blocks of queries + 1]: the index in `entries` at which each block of queries begins. */
  readonly starts: Int32Array;
  /** Pairs: the block of keys, and the index of its mask, or FULL where no key is masked. */
  readonly entries: Int32Array;
  /**
   * [masks, keyBlock / 32, queryBlock] words: bit i is 1 where the query attends to key i of the 32. Equal masks are
   * stored once.
   */
  readonly masks: Int32Array;
}

/** The mask index of a block without masked pairs. */
export const FULL = -1;

const cache = new LayoutCache<BlockLayout>({ layouts: 128, bytes: 2 ** 26 });

/** Compiles a pattern for a chunk; recent layouts are cached. */
export function blockLayout(pattern: Pattern, request: LayoutRequest): BlockLayout {
  const { queries, keys, offset, queryBlock, keyBlock, evicted } = request;
  const place = [queries, keys, offset, queryBlock, keyBlock, evicted?.count ? evicted.from : 0, evicted?.count ?? 0];
  return cache.get(`${place} ${patternKey(pattern)}`, () => compile(pattern, request));
}

function compile(
  pattern: Pattern,
  { queries, keys, offset, queryBlock, keyBlock, evicted }: LayoutRequest,
): BlockLayout {
  const slots = new KeySlots(pattern, evicted);
  const masks = new Masks(slots, queryBlock, keyBlock);
  const starts = new Int32Array(Math.ceil(queries / queryBlock) + 1);
  const entries: number[] = [];
  for (let block = 0; block < starts.length - 1; block++) {
    const rows = {
      start: offset + block * queryBlock,
      end: offset + Math.min(queries, (block + 1) * queryBlock),
    };
    let next = 0;
    for (const span of slots.candidates(rows, keys)) {
      const first = Math.max(next, Math.floor(span.start / keyBlock));
      next = Math.ceil(span.end / keyBlock);
      for (let other = first; other < next; other++) {
        const columns = { start: other * keyBlock, end: Math.min(keys, (other + 1) * keyBlock) };
        if (slots.covers(rows, columns)) entries.push(other, FULL);
        else {
          const mask = masks.of(rows, columns);
          if (mask !== null) entries.push(other, mask);
        }
      }
    }
    starts[block + 1] = entries.length / 2;
  }
  return { queryBlock, keyBlock, starts, entries: Int32Array.from(entries), masks: masks.words() };
}

/** Collects the masks of partial blocks, equal ones once. */
class Masks {
  readonly #slots: KeySlots;
  readonly #queryBlock: number;
  readonly #words: number;
  /** Masks by their hash. */
  readonly #known = new Map<number, readonly number[]>();
  readonly #all: Int32Array[] = [];

  constructor(slots: KeySlots, queryBlock: number, keyBlock: number) {
    this.#slots = slots;
    this.#queryBlock = queryBlock;
    this.#words = keyBlock / 32;
  }

  /** The index of the mask of a block; FULL where no pair is masked, null where all are. */
  of(rows: { start: number; end: number }, columns: { start: number; end: number }): number | null {
    const mask = new Int32Array(this.#words * this.#queryBlock);
    let [seen, hidden] = [false, false];
    for (let word = 0; word < this.#words; word++) {
      const first = columns.start + word * 32;
      const inside = range(0, columns.end - first);
      for (let query = rows.start; query < rows.end; query++) {
        const bits = (this.#slots.bits(query, first) & inside) >>> 0;
        seen ||= bits !== 0;
        hidden ||= bits !== inside;
        mask[word * this.#queryBlock + query - rows.start] = bits;
      }
    }
    if (!seen) return null;
    return hidden ? this.#indexOf(mask) : FULL;
  }

  #indexOf(mask: Int32Array): number {
    const hash = hashOf(mask);
    const alike = this.#known.get(hash) ?? [];
    const known = alike.find((index) => this.#all[index]!.every((word, at) => word === mask[at]));
    if (known !== undefined) return known;
    this.#known.set(hash, [...alike, this.#all.length]);
    this.#all.push(mask);
    return this.#all.length - 1;
  }

  words(): Int32Array {
    const size = this.#words * this.#queryBlock;
    const words = new Int32Array(this.#all.length * size);
    for (const [index, mask] of this.#all.entries()) words.set(mask, index * size);
    return words;
  }
}

function hashOf(words: Int32Array): number {
  let hash = 0;
  for (const word of words) hash = (Math.imul(hash ^ word, 0x9e3779b1) + (hash >>> 15)) | 0;
  return hash;
}
