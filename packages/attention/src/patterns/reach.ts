import type { Pattern } from './pattern.js';

/** How far a pattern looks from any query. */
export interface PatternReach {
  /** So many positions to the left at most; Infinity where nothing bounds it. */
  readonly left: number;
  /** So many positions to the right at most. */
  readonly right: number;
  /** Whatever the distance, the first so many positions of the text. */
  readonly first: number;
}

const WITHOUT_END = { left: Infinity, right: Infinity, first: 0 };
const BACK = { left: Infinity, right: 0, first: 0 };

/**
 * Bounds of what queries see, for a memory to know what it may forget and a model whether it may be read in chunks:
 * never too narrow, perhaps too wide. Queries among the `first` positions may look further.
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
 * From which position on a text may be cut and go on later: no query before the cut sees a key behind it. 0 where that is
 * so everywhere, Infinity where it never is.
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

/** Whether no query sees a key after its own, so that a text may be read in chunks. */
export function isCausal(pattern: Pattern): boolean {
  return splittableFrom(pattern) === 0;
}
