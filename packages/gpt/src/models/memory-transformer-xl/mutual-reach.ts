import { fallingDistances, full, type Reach, scoresOf, shiftToKeys } from '@sequitur/attention';
import { add, concat, mul, sub, type Tensor, type Tensor2D, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';

/** The score of a masked key. */
const HIDDEN = -1e9;

export interface MutualReachOptions {
  /** Number of memory tokens. */
  readonly tokens: number;
  /** Positions in the cache of earlier segments, which come before all others. */
  readonly cached: number;
  readonly seesCache: boolean;
  /** Positions of cache and whole segment together, memory tokens included. */
  readonly total: number;
  readonly clampDistance?: number | undefined;
}

/**
 * The reach of memory tokens: everything before them, and one another in both directions (Bulatov et al. 2022, section
 * 3.1). Relative positions have no distance to a later token: its score is what the shift of the original code yields
 * there, 0 for the next token and, after it, the scores of the following query with the largest distances.
 */
export function mutualReach({ tokens, cached, seesCache, total, clampDistance }: MutualReachOptions): Reach {
  return {
    pattern: full(),
    scores: (query, keys, vectorsOf) =>
      tidy(() => {
        const back = shiftToKeys(scoresOf(query, vectorsOf(fallingDistances(keys, clampDistance))));
        const longest = Array.from({ length: tokens }, (_, i) => Math.min(total - 1 - i, clampDistance ?? total));
        const ahead = shiftToKeys(scoresOf(query, vectorsOf(longest)));
        const [batch, heads] = query.shape;
        const placed = concat([zeros([batch, heads, tokens, keys - tokens]), ahead], 3);
        const isAhead = mask(tokens, keys, (row, key) => key > keys - tokens + row);
        const isHidden = mask(tokens, keys, (_, key) => !seesCache && key < cached);
        const chosen = add(mul(back, sub(1, isAhead)), mul(placed, isAhead));
        return add(chosen, mul(isHidden, HIDDEN)) as Tensor;
      }),
  };
}

/** A matrix with 1 where `holds`, else 0: [rows, keys]. */
function mask(rows: number, keys: number, holds: (row: number, key: number) => boolean): Tensor2D {
  const cells = Array.from({ length: rows }, (_, row) => Array.from({ length: keys }, (_, key) => +holds(row, key)));
  return tensor2d(cells, [rows, keys], 'float32');
}
