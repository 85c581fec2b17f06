import type { Observed } from './observed.js';

/** Numbers of a vector that are drawn. */
export const DRAWN = 16;

/** [1, length, width] -> the first numbers of each row. */
export function drawnRows({ values, shape: [, length, width] }: Observed): number[][] {
  return Array.from({ length: length! }, (_, row) => Array.from(values.slice(row * width!, row * width! + DRAWN)));
}

/** One head of [1, length, heads, size] as rows. */
export function rowsOfHead({ values, shape }: Observed, head: number): Float32Array[] {
  const [, length, heads, size] = shape as [number, number, number, number];
  return Array.from({ length }, (_, row) => {
    const start = (row * heads + head) * size;
    return values.slice(start, start + size);
  });
}
