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

/** Causal mask: a query attends to its own position and all earlier ones. */
export function causal(): Causal {
  return { kind: 'causal' };
}

/** Full attention: every query attends to every key, as in encoders and cross-attention. */
export function full(): Full {
  return { kind: 'full' };
}

/**
 * Sliding window: a query attends to its own position and to neighbours on its left and right (Beltagy et al. 2020,
 * "Longformer", section 3.1).
 *
 * @param window keys on each side, `right` 0 by default; or the size of a causal window, the query's own position
 *   included: `slidingWindow(256)` is `slidingWindow({ left: 255, right: 0 })`
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

/** Dilated sliding window: `left` and `right` keys, `dilation` positions apart (Beltagy et al. 2020, section 3.1). */
export function dilated({ left, right, dilation }: Omit<Dilated, 'kind'>): Dilated {
  expectCount('dilated', 'left', left, 0);
  expectCount('dilated', 'right', right, 0);
  expectCount('dilated', 'dilation', dilation, 1);
  return { kind: 'dilated', left, right, dilation };
}

/**
 * Strided attention (Child et al. 2019, "Sparse Transformers", section 4.2, both heads merged): the last `stride` keys,
 * and every earlier key whose distance is a multiple of `stride`. Causal.
 */
export function strided(stride: number): Strided {
  expectCount('strided', 'stride', stride, 1);
  return { kind: 'strided', stride };
}

/**
 * Fixed attention (Child et al. 2019, section 4.2, both heads merged): the query's own block of `stride` keys, and the
 * last `summary` keys of every earlier block. Causal.
 *
 * @param summary `c` of the paper; default 1
 */
export function fixed({ stride, summary = 1 }: { readonly stride: number; readonly summary?: number }): Fixed {
  expectCount('fixed', 'stride', stride, 1);
  expectCount('fixed', 'summary', summary, 1, stride);
  return { kind: 'fixed', stride, summary };
}

/**
 * Global tokens: they attend to all positions, and all positions attend to them (Beltagy et al. 2020, section 3.1).
 *
 * @param tokens their number, counted from the start, or their positions
 */
export function globalTokens(tokens: number | readonly number[]): GlobalTokens {
  if (typeof tokens === 'number') expectCount('globalTokens', 'tokens', tokens, 0);
  const positions = typeof tokens === 'number' ? Array.from({ length: tokens }, (_, index) => index) : [...tokens];
  for (const position of positions) expectCount('globalTokens', 'position', position, 0);
  return { kind: 'globalTokens', positions: [...new Set(positions)].sort((a, b) => a - b) };
}

/**
 * Random blocks: every block of queries attends to some blocks of keys drawn at random from a seed (Zaheer et al. 2020,
 * "Big Bird", section 2).
 *
 * @param blocks number of blocks that are drawn for a block of queries; one may be drawn twice
 * @param length of the whole sequence, from whose blocks they are drawn; without it, from those up to the query's own,
 *   so that no query depends on later positions
 */
export function randomBlocks({ seed, blockSize, blocks, length }: Omit<RandomBlocks, 'kind'>): RandomBlocks {
  expectInteger('randomBlocks', 'seed', seed);
  expectCount('randomBlocks', 'blockSize', blockSize, 1);
  expectCount('randomBlocks', 'blocks', blocks, 0);
  if (length !== undefined) expectCount('randomBlocks', 'length', length, 1);
  return { kind: 'randomBlocks', seed, blockSize, blocks, ...(length !== undefined && { length }) };
}

/** As `randomBlocks`, with the blocks given: `chosen[i]` are the blocks of keys that block i of queries attends to. */
export function chosenBlocks({ blockSize, chosen }: Omit<ChosenBlocks, 'kind'>): ChosenBlocks {
  expectCount('chosenBlocks', 'blockSize', blockSize, 1);
  for (const block of chosen.flat()) expectCount('chosenBlocks', 'chosen', block, 0);
  return { kind: 'chosenBlocks', blockSize, chosen: chosen.map((blocks) => [...blocks]) };
}

/**
 * Document mask for packed sequences: a query attends to the keys of its own document.
 *
 * @param ids the document of each position; later positions belong to the last document
 */
export function documents(ids: readonly number[]): Documents {
  for (const id of ids) expectInteger('documents', 'ids', id);
  return { kind: 'documents', ids: [...ids] };
}

/** Prefix mask (Raffel et al. 2020, fig. 4): the first `length` tokens attend to one another, later ones are causal. */
export function prefix(length: number): Prefix {
  expectCount('prefix', 'length', length, 0);
  return { kind: 'prefix', length };
}

/** Union: pairs of any of the patterns. */
export function either(...patterns: readonly Pattern[]): Either {
  expectSome('either', patterns);
  return { kind: 'either', patterns };
}

/** Intersection: pairs of all patterns. */
export function both(...patterns: readonly Pattern[]): Both {
  expectSome('both', patterns);
  return { kind: 'both', patterns };
}

/** Difference: pairs of `pattern` that are not in `without`. */
export function except(pattern: Pattern, without: Pattern): Except {
  return { kind: 'except', pattern, without };
}

function expectSome(where: string, patterns: readonly Pattern[]): void {
  if (patterns.length === 0) throw new SequiturError({ where, expected: 'at least one pattern', got: 'none' });
}
