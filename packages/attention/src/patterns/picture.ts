import { candidates } from './candidates.js';
import { covers, meets } from './covers.js';
import { expectCount } from './expect-count.js';
import type { Pattern } from './pattern.js';
import type { Span } from './span.js';
import { range, visibleBits } from './visible-bits.js';

/**
 * Draws a pattern for a terminal: one line per query, `■` where it attends to the key of the column and `·` where not.
 * A long sequence is scaled down: a cell then stands for several pairs, `■` where all, `▪` where some are visible.
 *
 * @param length of the sequence
 * @param size maximum number of lines and columns; default 32
 */
export function picture(pattern: Pattern, length: number, size = 32): string {
  expectCount('picture', 'length', length, 1);
  expectCount('picture', 'size', size, 1);
  const cell = Math.ceil(length / size);
  const spans = Array.from({ length: Math.ceil(length / cell) }, (_, index) => {
    return { start: index * cell, end: Math.min(length, (index + 1) * cell) };
  });
  return spans.map((queries) => line(pattern, queries, spans, length)).join('\n');
}

function line(pattern: Pattern, queries: Span, spans: readonly Span[], length: number): string {
  const possible = candidates(pattern, queries, length);
  return spans.map((keys) => (meets(possible, keys) ? mark(pattern, queries, keys) : '·')).join('');
}

/** The mark of a cell, from as few of its pairs as are needed to find a visible one and a masked one. */
function mark(pattern: Pattern, queries: Span, keys: Span): string {
  if (covers(pattern, queries, keys)) return '■';
  let [seen, hidden] = [false, false];
  for (let query = queries.start; query < queries.end; query++) {
    for (let first = keys.start; first < keys.end; first += 32) {
      const inside = range(0, keys.end - first);
      const bits = (visibleBits(pattern, query, first) & inside) >>> 0;
      seen ||= bits !== 0;
      hidden ||= bits !== inside;
      if (seen && hidden) return '▪';
    }
  }
  return seen ? '■' : '·';
}
