import { percent } from '../../plots/format.js';

/** Shares below this are no habit. */
const LEAST = 0.35;

/** What a head mostly looks at, from its own weights: rows of queries up to themselves. */
export function habitOf(rows: readonly (readonly number[])[]): string {
  const asking = rows.slice(2);
  const mean = (of: (row: readonly number[]) => number) => {
    return asking.reduce((sum, row) => sum + of(row), 0) / Math.max(1, asking.length);
  };
  const habits = [
    { says: 'the word before', share: mean((row) => row.at(-2)!) },
    { says: 'the first word', share: mean((row) => row[0]!) },
    { says: 'the word itself', share: mean((row) => row.at(-1)!) },
    { says: 'two words before', share: mean((row) => row.at(-3)!) },
  ];
  const strongest = habits.reduce((a, b) => (b.share > a.share ? b : a));
  return strongest.share < LEAST ? 'a little of everything' : `mostly ${strongest.says}, ${percent(strongest.share)}`;
}
