import { expectPadding, keepMaskRows, maskRows, SequiturError } from '@sequitur/core';
import { cast, maximum, min, sub, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/** [batch, 1]: 1 in rows that have ended in padding so far, else 0. */
export function endedRows(mask: Tensor2D, before: Tensor2D | undefined): Tensor2D {
  const [rows, earlier] = [maskRows(mask), before && maskRows(before)];
  const areKnown = rows !== null && earlier !== null;
  const known = areKnown ? rows.map((row, index) => [Math.max(ends(row), earlier?.[index]?.[0] ?? 0)]) : null;
  const ended = tidy(() => {
    const now = sub(1, min(cast(mask, 'float32'), 1, true));
    return (before ? maximum(now, before) : now) as Tensor2D;
  });
  return keepMaskRows(ended, known);
}

/**
 * Refuses tokens after padding in a row, within this chunk or across chunks: segments would be split at other places
 * than in the sequence without padding.
 *
 * @throws SequiturError naming the row
 */
export function expectPaddingAtEnd(where: string, mask: Tensor2D | undefined, ended: Tensor2D | undefined): void {
  if (mask) expectPadding(where, mask, 'after');
  const rows = mask ? maskRows(mask) : null;
  const continued = (ended ? (maskRows(ended) ?? []) : []).findIndex(
    ([hasEnded], index) => hasEnded === 1 && (!mask || (rows?.[index]?.includes(1) ?? false)),
  );
  if (continued < 0) return;
  throw new SequiturError({
    where: `${where}, row ${continued}`,
    expected: 'only padding after padding',
    got: 'tokens',
    fix: 'Read sequences of different lengths one at a time',
  });
}

function ends(row: readonly number[]): number {
  return row.includes(0) ? 1 : 0;
}
