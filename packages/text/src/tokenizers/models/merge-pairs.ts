import { Heap } from './heap.js';

/**
 * The merge rank of two adjacent tokens (lower first), and the id of the merged token; undefined where they are never
 * merged.
 */
export type PairRank = (left: number, right: number) => { readonly rank: number; readonly id: number } | undefined;

/** A queue entry is one number, rank before position, so that one comparison suffices. */
const PLACES = 2 ** 32;

/**
 * Merges adjacent tokens until none can be merged: always the pair of lowest rank, the leftmost of equal ones (Sennrich
 * et al. 2016). Takes n log n time, so that a whole text may be one word.
 *
 * @param ids the initial symbols
 * @param ends the end of each symbol; a merged symbol ends with its last part
 */
export function mergePairs(ids: readonly number[], ends: readonly number[], rankOf: PairRank): [number[], number[]] {
  const symbols = Int32Array.from(ids);
  const next = Int32Array.from(ids, (_, place) => place + 1);
  const previous = Int32Array.from(ids, (_, place) => place - 1);
  const alive = new Uint8Array(ids.length).fill(1);
  const lastEnds = [...ends];
  const queue = new Heap<number>((a, b) => a < b);
  const consider = (place: number): void => {
    if (place < 0 || next[place]! >= ids.length) return;
    const pair = rankOf(symbols[place]!, symbols[next[place]!]!);
    if (pair) queue.push(pair.rank * PLACES + place);
  };
  for (let place = 0; place + 1 < ids.length; place++) consider(place);
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    const place = entry % PLACES;
    const right = next[place]!;
    if (!alive[place] || right >= ids.length) continue;
    const pair = rankOf(symbols[place]!, symbols[right]!);
    if (pair?.rank !== Math.floor(entry / PLACES)) continue; // a neighbour was merged in the meantime
    symbols[place] = pair.id;
    lastEnds[place] = lastEnds[right]!;
    alive[right] = 0;
    next[place] = next[right]!;
    if (next[right]! < ids.length) previous[next[right]!] = place;
    consider(previous[place]!);
    consider(place);
  }
  const places = [...symbols.keys()].filter((place) => alive[place]);
  return [places.map((place) => symbols[place]!), places.map((place) => lastEnds[place]!)];
}
