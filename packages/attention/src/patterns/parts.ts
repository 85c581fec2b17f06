import { SequiturError } from '@sequitur/core';
import { expectCount, expectInteger } from './expect-count.js';
import type {
  Both,
  Causal,
  ChosenBlocks,
  Dilated,
  Documents,
  Either,
  Except,
  Fixed,
  Full,
  GlobalTokens,
  Pattern,
  Prefix,
  RandomBlocks,
  SlidingWindow,
  Strided,
} from './pattern.js';

/** A query sees its own position and all before it. */
export function causal(): Causal {
  return { kind: 'causal' };
}

/** Every query sees every key: encoders, cross-attention. */
export function full(): Full {
  return { kind: 'full' };
}

/**
 * A query sees so many keys to its left and to its right, and its own (Beltagy et al. 2020, "Longformer", section 3.1).
 *
 * @param window keys on each side, none to the right unless it is said, or the number of keys of a causal window, the query's
 *   own among them: `slidingWindow(256)` is `slidingWindow({ left: 255, right: 0 })`
 */
export function slidingWindow(window: number | { readonly left: number; readonly right?: number }): SlidingWindow {
  if (typeof window === 'number') {
    expectCount('slidingWindow', 'window', window, 1);
    return { kind: 'slidingWindow', left: window - 1, right: 0 };
  }
  const { left, right = 0 } = window;
  expectCount('slidingWindow', 'left', left, 0);
  expectCount('slidingWindow', 'right', right, 0);
  return { kind: 'slidingWindow', left, right };
}

/**
 * A window with gaps: of `left` and `right` keys, each `dilation` positions from the next (Beltagy et al. 2020,
 * section 3.1).
 */
export function dilated({ left, right, dilation }: Omit<Dilated, 'kind'>): Dilated {
  expectCount('dilated', 'left', left, 0);
  expectCount('dilated', 'right', right, 0);
  expectCount('dilated', 'dilation', dilation, 1);
  return { kind: 'dilated', left, right, dilation };
}

/**
 * Strided attention (Child et al. 2019, "Sparse Transformers", section 4.2, both heads merged): the last `stride` keys,
 * and of those before every one whose distance is a multiple of `stride`. Causal.
 */
export function strided(stride: number): Strided {
  expectCount('strided', 'stride', stride, 1);
  return { kind: 'strided', stride };
}

/**
 * Fixed attention (Child et al. 2019, section 4.2, both heads merged): the query's own block of `stride` keys, and the
 * last `summary` keys of every block before. Causal.
 *
 * @param summary `c` of the paper; default 1
 */
export function fixed({ stride, summary = 1 }: { readonly stride: number; readonly summary?: number }): Fixed {
  expectCount('fixed', 'stride', stride, 1);
  expectCount('fixed', 'summary', summary, 1, stride);
  return { kind: 'fixed', stride, summary };
}

/**
 * Some tokens see all and are seen by all (Beltagy et al. 2020, section 3.1).
 *
 * @param tokens how many from the start, or which positions
 */
export function globalTokens(tokens: number | readonly number[]): GlobalTokens {
  if (typeof tokens === 'number') expectCount('globalTokens', 'tokens', tokens, 0);
  const positions = typeof tokens === 'number' ? Array.from({ length: tokens }, (_, index) => index) : [...tokens];
  for (const position of positions) expectCount('globalTokens', 'position', position, 0);
  return { kind: 'globalTokens', positions: [...new Set(positions)].sort((a, b) => a - b) };
}

/**
 * Every block of queries sees some blocks of keys drawn by chance, the same for equal seeds (Zaheer et al. 2020,
 * "Big Bird", section 2).
 *
 * @param blocks how many a block of queries draws, one perhaps twice
 * @param length of the whole text, from whose blocks they are drawn; without it they are drawn from those up to the
 *   query's own, so that what a query sees never depends on what follows
 */
export function randomBlocks({ seed, blockSize, blocks, length }: Omit<RandomBlocks, 'kind'>): RandomBlocks {
  expectInteger('randomBlocks', 'seed', seed);
  expectCount('randomBlocks', 'blockSize', blockSize, 1);
  expectCount('randomBlocks', 'blocks', blocks, 0);
  if (length !== undefined) expectCount('randomBlocks', 'length', length, 1);
  return { kind: 'randomBlocks', seed, blockSize, blocks, ...(length !== undefined && { length }) };
}

/** As `randomBlocks`, with the drawn blocks given: `chosen[i]` are the blocks of keys that block i of queries sees. */
export function chosenBlocks({ blockSize, chosen }: Omit<ChosenBlocks, 'kind'>): ChosenBlocks {
  expectCount('chosenBlocks', 'blockSize', blockSize, 1);
  for (const block of chosen.flat()) expectCount('chosenBlocks', 'chosen', block, 0);
  return { kind: 'chosenBlocks', blockSize, chosen: chosen.map((blocks) => [...blocks]) };
}

/**
 * A query sees the keys of its own document, several of which lie one behind the other in a text.
 *
 * @param ids the document of each position; those beyond the list belong to the last one
 */
export function documents(ids: readonly number[]): Documents {
  for (const id of ids) expectInteger('documents', 'ids', id);
  return { kind: 'documents', ids: [...ids] };
}

/** A text whose first `length` tokens see one another, and the rest what lies before it (Raffel et al. 2020, fig. 4). */
export function prefix(length: number): Prefix {
  expectCount('prefix', 'length', length, 0);
  return { kind: 'prefix', length };
}

/** What any of the patterns shows. */
export function either(...patterns: readonly Pattern[]): Either {
  expectSome('either', patterns);
  return { kind: 'either', patterns };
}

/** What all of the patterns show. */
export function both(...patterns: readonly Pattern[]): Both {
  expectSome('both', patterns);
  return { kind: 'both', patterns };
}

/** What `pattern` shows and `without` does not. */
export function except(pattern: Pattern, without: Pattern): Except {
  return { kind: 'except', pattern, without };
}

function expectSome(where: string, patterns: readonly Pattern[]): void {
  if (patterns.length === 0) throw new SequiturError({ where, expected: 'at least one pattern', got: 'none' });
}
