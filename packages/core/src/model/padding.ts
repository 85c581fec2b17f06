import type { Tensor } from '@tensorflow/tfjs-core';
import { SequiturError } from '../errors.js';
import { valuesOnHost } from '../ops/values-on-host.js';

/** The real tokens of a row: the first, the last, and their number. A row of padding only has none. */
export interface RealTokens {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** Where padding may be in a row. */
export type PaddingPlaces = 'anywhere' | 'around' | 'after';

/** The values of masks by tensor: a mask leaves the host when a GPU first reads it. */
const known = new WeakMap<Tensor, readonly (readonly number[])[]>();

/** The rows of a padding mask [batch, length]; null where they are only on a GPU. */
export function maskRows(mask: Tensor): readonly (readonly number[])[] | null {
  const found = known.get(mask);
  if (found) return found;
  const values = valuesOnHost(mask);
  if (!values) return null;
  const [batch, length] = mask.shape as [number, number];
  const rows = Array.from({ length: batch }, (_, row) =>
    Array.from({ length }, (_, column) => Number(values[row * length + column])),
  );
  known.set(mask, rows);
  return rows;
}

/** Caches the rows of a mask that was computed from others. */
export function keepMaskRows<T extends Tensor>(mask: T, rows: readonly (readonly number[])[] | null): T {
  if (rows) known.set(mask, rows);
  return mask;
}

export function realTokensOf(row: readonly number[]): RealTokens {
  return { first: row.indexOf(1), last: row.lastIndexOf(1), count: row.filter((value) => value === 1).length };
}

/**
 * Refuses padding that would be counted as tokens: inside a sequence where distances are measured, before it where
 * positions are counted from the beginning of a row. A mask that is only on a GPU is not checked.
 *
 * @throws SequiturError naming the row
 */
export function expectPadding(where: string, mask: Tensor, places: PaddingPlaces): void {
  if (places === 'anywhere') return;
  for (const [index, row] of (maskRows(mask) ?? []).entries()) {
    const { first, last, count } = realTokensOf(row);
    const isWhole = count === 0 || last - first + 1 === count;
    if (isWhole && (places === 'around' || first <= 0)) continue;
    throw new SequiturError({
      where: `${where}, attentionMask, row ${index}`,
      expected: places === 'around' ? 'padding before or after the tokens' : 'padding only after the tokens',
      got: isWhole ? `${first} positions of padding before them` : 'padding between them',
      fix: 'Give each sequence without padding inside, or read sequences of different lengths one at a time',
    });
  }
}
