import { dropoutBits, dropoutThreshold } from '@sequitur/core';
import type { BlockLayout } from '../../../patterns/index.js';
import { FULL } from '../../../patterns/index.js';
import type { ResolvedOptions } from '../options.js';
import { HIDDEN } from '../reference/forward.js';

/** Block size of queries and keys. */
export const BLOCK = 32;

/** The bias and the masks of one head of one batch row. */
export interface Head {
  readonly options: ResolvedOptions;
  readonly layout: BlockLayout;
  readonly queries: number;
  readonly attentionMask: Float32Array | undefined; // [keyLength]
  /** [queries]: with it `attentionMask` holds the document of each key, 0 at padding. */
  readonly documents: Float32Array | undefined;
  /** The bias of query i and key j of this head; strides are 0 along broadcast axes. */
  readonly bias:
    | { readonly values: Float32Array; readonly start: number; readonly query: number; readonly key: number }
    | undefined;
  readonly relative: { readonly values: Float32Array; readonly start: number } | undefined;
  /** Index of the first query-key pair in the dropout mask. */
  readonly dropIndex: number;
}

/** A pair of blocks: first query, first key, and their counts; `mask` as in the layout. */
export interface Pair {
  readonly query: number;
  readonly rows: number;
  readonly key: number;
  readonly count: number;
  readonly mask: number;
}

/** The pairs of blocks of a block of queries. */
export function* pairsOf({ layout, options, queries }: Head, block: number): Iterable<Pair> {
  const { starts, entries } = layout;
  const query = block * BLOCK;
  for (let entry = starts[block]!; entry < starts[block + 1]!; entry++) {
    const key = entries[2 * entry]! * BLOCK;
    const count = Math.min(BLOCK, options.keyLength - key);
    yield { query, rows: Math.min(BLOCK, queries - query), key, count, mask: entries[2 * entry + 1]! };
  }
}

/** Whether a key is masked regardless of the pattern: as padding, or as part of another document than the query. */
function isHidden({ attentionMask, documents }: Head, query: number, key: number): boolean {
  return (
    attentionMask !== undefined &&
    (attentionMask[key] === 0 || (documents !== undefined && attentionMask[key] !== documents[query]))
  );
}

/** Whether the pattern lets query `row` of the pair attend to key `column`. */
export function allows({ layout }: Head, pair: Pair, row: number, column: number): boolean {
  return pair.mask === FULL || ((layout.masks[pair.mask * BLOCK + row]! >>> column) & 1) === 1;
}

/**
 * Products become scores in place, [rows, BLOCK]: soft-capped, with the bias added, HIDDEN where masked.
 *
 * @param slopes receives the derivative of the cap
 */
export function adjust(head: Head, pair: Pair, s: Float64Array, slopes?: Float64Array): void {
  const { softCap, keyLength } = head.options;
  const { bias, relative, attentionMask } = head;
  if (!softCap && !bias && !relative && !attentionMask && pair.mask === FULL) return;
  for (let row = 0; row < pair.rows; row++) {
    for (let column = 0; column < pair.count; column++) {
      const at = row * BLOCK + column;
      const [query, key] = [pair.query + row, pair.key + column];
      if (softCap) {
        const capped = Math.tanh(s[at]! / softCap);
        if (slopes) slopes[at] = 1 - capped * capped;
        s[at] = capped * softCap;
      }
      if (bias) s[at]! += bias.values[bias.start + query * bias.query + key * bias.key]!;
      if (relative) s[at]! += relative.values[relative.start + query - key + keyLength - 1]!;
      if (isHidden(head, query, key) || !allows(head, pair, row, column)) s[at] = HIDDEN;
    }
  }
}

/** The dropout factor of a query-key pair: 1 without dropout. */
export function dropoutFactor({ options, dropIndex }: Head): ((query: number, key: number) => number) | null {
  const { dropout, keyLength } = options;
  if (!dropout) return null;
  const threshold = dropoutThreshold(dropout.rate);
  const kept = 1 / (1 - dropout.rate);
  return (query, key) => (dropoutBits(dropIndex + query * keyLength + key, dropout.seed) >= threshold ? kept : 0);
}

/** Whether the query is not fully masked. */
export function seesSome(head: Head, query: number): boolean {
  return shownKeys(head, query).some((key) => !isHidden(head, query, key));
}

/** The keys over which a fully masked query averages. */
export function evenKeys(head: Head, query: number): number[] {
  const { fullyMasked, keyLength } = head.options;
  if (fullyMasked === 'zeros') return [];
  if (fullyMasked === 'all') return Array.from({ length: keyLength }, (_, key) => key);
  return shownKeys(head, query);
}

/** The keys that the pattern allows for a query, padding included. */
function shownKeys(head: Head, query: number): number[] {
  const keys: number[] = [];
  for (const pair of pairsOf(head, Math.floor(query / BLOCK))) {
    for (let column = 0; column < pair.count; column++) {
      if (allows(head, pair, query - pair.query, column)) keys.push(pair.key + column);
    }
  }
  return keys;
}
