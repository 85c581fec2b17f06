import type { Pattern } from './pattern.js';
import { sees } from './sees.js';

/**
 * The pattern as a small picture for a terminal: a line for each query, `■` where it sees the key of the column and
 * `·` where not. A long text is shrunk: then a cell stands for several pairs, `■` where all, `▪` where some are seen.
 *
 * @param length of the text
 * @param size at most so many lines and columns; default 32
 */
export function picture(pattern: Pattern, length: number, size = 32): string {
  const cell = Math.ceil(length / size);
  const cells = Math.ceil(length / cell);
  const line = (row: number) =>
    Array.from({ length: cells }, (_, column) => mark(share(pattern, length, row * cell, column * cell, cell))).join(
      '',
    );
  return Array.from({ length: cells }, (_, row) => line(row)).join('\n');
}

function mark(share: number): string {
  if (share === 0) return '·';
  return share === 1 ? '■' : '▪';
}

/** Which share of the pairs of one cell is seen. */
function share(pattern: Pattern, length: number, query: number, key: number, cell: number): number {
  let [seen, all] = [0, 0];
  for (let q = query; q < Math.min(length, query + cell); q++) {
    for (let k = key; k < Math.min(length, key + cell); k++) {
      all++;
      if (sees(pattern, q, k)) seen++;
    }
  }
  return seen / all;
}
