import { candidates } from './candidates.js';
import type { Pattern } from './pattern.js';
import { sees } from './sees.js';

/**
 * How many pairs of a query and a key a pattern shows, for `length` queries after `seen` positions, from what the pattern
 * means: in closed form where it has one, else pair by pair where keys can be seen. A text ends with its last query.
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
  const spans = candidates(pattern, { start: query, end: query + 1 }, keys);
  return spans.reduce((total, { start, end }) => {
    return total + sumOver(start, end, (key) => Number(sees(pattern, query, key)));
  }, 0);
}

function sumOver(start: number, end: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = start; index < end; index++) sum += term(index);
  return sum;
}
