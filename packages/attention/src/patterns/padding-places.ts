import type { PaddingPlaces } from '@sequitur/core';
import type { Pattern } from './pattern.js';

/**
 * Where padding may be in a row that is read with a pattern, so that each token attends to the keys that it attends to
 * without padding: anywhere where all earlier keys or all keys are visible; not between the tokens where the pattern
 * depends on distances; only after them where it depends on positions in the row.
 */
export function paddingPlaces(pattern: Pattern): PaddingPlaces {
  switch (pattern.kind) {
    case 'causal':
    case 'full':
      return 'anywhere';
    case 'slidingWindow':
    case 'dilated':
    case 'strided':
      return 'around';
    case 'either':
    case 'both':
      return pattern.patterns.map(paddingPlaces).reduce(stricter);
    case 'except':
      return stricter(paddingPlaces(pattern.pattern), paddingPlaces(pattern.without));
    default:
      return 'after';
  }
}

/** The stricter of two rules. */
export function stricter(a: PaddingPlaces, b: PaddingPlaces): PaddingPlaces {
  const order: readonly PaddingPlaces[] = ['anywhere', 'around', 'after'];
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}
