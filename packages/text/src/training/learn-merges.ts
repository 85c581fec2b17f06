import { Heap } from '../tokenizers/models/heap.js';
import type { Pauses } from './training-options.js';

export interface LearnedMerges {
  /** The symbols: single characters, then the result of each merge, in order. */
  readonly symbols: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

export interface LearnMergesOptions {
  /** The initial symbols, in the order of their ids; each word must consist of these. */
  readonly alphabet: readonly string[];
  /** Maximum number of symbols. */
  readonly size: number;
  /** The minimum count of a pair that is merged; default 2. */
  readonly minimumCount?: number | undefined;
  /** The function that merges two symbols. */
  readonly join?: ((left: string, right: string) => string) | undefined;
  readonly pauses: Pauses;
}

interface Word {
  symbols: readonly number[];
  readonly count: number;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/**
 * Learns BPE merges with incremental counts (Sennrich et al. 2016, algorithm 1): each merge is the most frequent pair,
 * of equally frequent ones that with the lowest ids.
 *
 * @param words the symbols of each word, and its count
 */
export async function learnMerges(
  words: Iterable<readonly [symbols: readonly string[], count: number]>,
  { alphabet, size, minimumCount = 2, join = (left, right) => left + right, pauses }: LearnMergesOptions,
): Promise<LearnedMerges> {
  const table = new SymbolTable(alphabet);
  const pairs = new PairCounts(
    Array.from(words, ([symbols, count]) => ({ symbols: symbols.map((symbol) => table.idOf(symbol)), count })),
  );
  const merges: (readonly [string, string])[] = [];
  while (table.size < size) {
    const pair = pairs.mostFrequent();
    if (!pair || pair.count < minimumCount) break;
    const [left, right] = [table.textOf(pair.left), table.textOf(pair.right)];
    merges.push([left, right]);
    pairs.merge(pair, table.idOf(join(left, right)));
    if (pauses.isDue) await pauses.pause({ phase: 'merging pairs', done: table.size, total: size });
  }
  return { symbols: table.symbols, merges };
}

class SymbolTable {
  readonly symbols: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(symbols: readonly string[]) {
    for (const symbol of symbols) this.idOf(symbol);
  }

  get size(): number {
    return this.symbols.length;
  }

  idOf(symbol: string): number {
    const known = this.#ids.get(symbol);
    if (known !== undefined) return known;
    this.#ids.set(symbol, this.symbols.length);
    return this.symbols.push(symbol) - 1;
  }

  textOf(id: number): string {
    return this.symbols[id]!;
  }
}

/** The count of each pair, and the words that contain it. */
class PairCounts {
  readonly #words: Word[];
  readonly #counts = new Map<number, number>();
  readonly #places = new Map<number, Set<number>>();
  /** Entries may be outdated: they are compared with the current count when taken out. */
  readonly #queue = new Heap<Pair>(
    (a, b) => a.count > b.count || (a.count === b.count && pairKey(a.left, a.right) < pairKey(b.left, b.right)),
  );

  constructor(words: Word[]) {
    this.#words = words;
    const touched = new Map<number, Pair>();
    for (const index of words.keys()) this.#add(index, 1, touched);
    this.#enqueue(touched);
  }

  mostFrequent(): Pair | undefined {
    for (let pair = this.#queue.pop(); pair; pair = this.#queue.pop()) {
      const count = this.#counts.get(pairKey(pair.left, pair.right)) ?? 0;
      if (count === pair.count) return pair;
      if (count > 0) this.#queue.push({ ...pair, count });
    }
    return undefined;
  }

  merge({ left, right }: Pair, merged: number): void {
    const touched = new Map<number, Pair>();
    const key = pairKey(left, right);
    for (const index of this.#places.get(key) ?? []) {
      this.#add(index, -1, touched);
      const word = this.#words[index]!;
      word.symbols = mergedSymbols(word.symbols, left, right, merged);
      this.#add(index, 1, touched);
    }
    this.#places.delete(key);
    this.#counts.delete(key);
    this.#enqueue(touched);
  }

  /** Adds or subtracts the pairs of a word. */
  #add(index: number, sign: 1 | -1, touched: Map<number, Pair>): void {
    const { symbols, count } = this.#words[index]!;
    for (let place = 0; place + 1 < symbols.length; place++) {
      const [left, right] = [symbols[place]!, symbols[place + 1]!];
      const key = pairKey(left, right);
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + sign * count);
      if (sign < 0) continue;
      const places = this.#places.get(key);
      if (places) places.add(index);
      else this.#places.set(key, new Set([index]));
      touched.set(key, { left, right, count: 0 });
    }
  }

  #enqueue(pairs: ReadonlyMap<number, Pair>): void {
    for (const [key, pair] of pairs) {
      const count = this.#counts.get(key) ?? 0;
      if (count > 0) this.#queue.push({ ...pair, count });
    }
  }
}

function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

function mergedSymbols(symbols: readonly number[], left: number, right: number, merged: number): number[] {
  const result: number[] = [];
  for (let place = 0; place < symbols.length; place++) {
    if (symbols[place] === left && symbols[place + 1] === right) {
      result.push(merged);
      place++;
    } else result.push(symbols[place]!);
  }
  return result;
}
