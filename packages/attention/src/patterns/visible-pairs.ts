import { candidates } from './candidates.js';
import { covers } from './covers.js';
import type { Pattern } from './pattern.js';
import { range, visibleBits } from './visible-bits.js';

/**
 * The number of visible query-key pairs of a pattern, for `length` queries after `seen` positions: in closed form where
 * there is one, else counted 32 keys at a time. The sequence ends with its last query.
 */
export function visiblePairs(pattern: Pattern, length: number, seen = 0): number {
  const end = seen + length;
  switch (pattern.kind) {
    case 'causal':
      return length * seen + (length * (length + 1)) / 2;
    case 'full':
      return length * end;
    case 'slidingWindow':
      return sumOver(seen, end, (query) => {
        return 1 + Math.min(query, pattern.left) + Math.min(end - 1 - query, pattern.right);
      });
    case 'strided':
      return sumOver(seen, end, (query) => {
        return Math.min(query + 1, pattern.stride) + Math.floor(query / pattern.stride);
      });
    default:
      return sumOver(seen, end, (query) => keysSeen(pattern, query, end));
  }
}

function keysSeen(pattern: Pattern, query: number, keys: number): number {
  const own = { start: query, end: query + 1 };
  return candidates(pattern, own, keys).reduce((total, span) => {
    if (covers(pattern, own, span)) return total + span.end - span.start;
    let seen = 0;
    for (let first = span.start; first < span.end; first += 32) {
      seen += ones(visibleBits(pattern, query, first) & range(0, span.end - first));
    }
    return total + seen;
  }, 0);
}

/** Population count: the number of set bits of 32. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function sumOver(start: number, end: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += term(index);
  return sum;
}
