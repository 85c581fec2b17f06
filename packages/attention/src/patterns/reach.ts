import type { Pattern } from './pattern.js';

/** The reach of a pattern: the largest distances at which its queries attend to keys. */
export interface PatternReach {
  /** Maximum distance to the left; Infinity where unbounded. */
  readonly left: number;
  /** Maximum distance to the right. */
  readonly right: number;
  /** The first tokens that are visible at any distance. */
  readonly first: number;
}

const WITHOUT_END = { left: Infinity, right: Infinity, first: 0 };
const BACK = { left: Infinity, right: 0, first: 0 };

/**
 * The reach of a pattern, which decides what a KV cache may evict and whether a model may read in chunks: an upper
 * bound. Queries among the `first` positions may reach further.
 */
export function reach(pattern: Pattern): PatternReach {
  switch (pattern.kind) {
    case 'causal':
    case 'strided':
    case 'fixed':
      return BACK;
    case 'slidingWindow':
      return { left: pattern.left, right: pattern.right, first: 0 };
    case 'dilated':
      return { left: pattern.left * pattern.dilation, right: pattern.right * pattern.dilation, first: 0 };
    case 'globalTokens': {
      const { positions } = pattern;
      if (positions.length === 0) return { left: 0, right: 0, first: 0 };
      return { left: 0, right: Infinity, first: positions.at(-1)! + 1 };
    }
    case 'randomBlocks':
      return pattern.length === undefined ? { ...BACK, right: pattern.blockSize - 1 } : WITHOUT_END;
    case 'prefix':
      return { ...BACK, right: Math.max(0, pattern.length - 1) };
    case 'full':
    case 'chosenBlocks':
    case 'documents':
      return WITHOUT_END;
    case 'either':
      return pattern.patterns.map(reach).reduce((a, b) => ({
        left: Math.max(a.left, b.left),
        right: Math.max(a.right, b.right),
        first: Math.max(a.first, b.first),
      }));
    case 'both':
      return pattern.patterns.map(reach).reduce(narrower);
    case 'except':
      return reach(pattern.pattern);
  }
}

function narrower(a: PatternReach, b: PatternReach): PatternReach {
  const right = Math.min(a.right, b.right);
  if (a.left === Infinity) return { left: b.left, right, first: b.first };
  if (b.left === Infinity) return { left: a.left, right, first: a.first };
  return { left: Math.min(a.left, b.left), right, first: Math.max(a.first, b.first) };
}

/**
 * The first position at which a sequence may be split into chunks: no query before the split attends to a key after it.
 * 0 where it may be split anywhere, Infinity where nowhere.
 */
export function splittableFrom(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'prefix':
      return pattern.length > 1 ? pattern.length : 0;
    case 'either':
      return Math.max(...pattern.patterns.map(splittableFrom));
    case 'both':
      return Math.min(...pattern.patterns.map(splittableFrom));
    case 'except':
      return splittableFrom(pattern.pattern);
    default:
      return reach(pattern).right === 0 ? 0 : Infinity;
  }
}

/** Whether no query attends to a later key, so that a sequence may be read in chunks. */
export function isCausal(pattern: Pattern): boolean {
  return splittableFrom(pattern) === 0;
}
