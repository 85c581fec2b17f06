/** Successive rows of one expert. */
export interface Run {
  readonly expert: number;
  readonly row: number;
  readonly rows: number;
}

/** The runs of equal experts. */
export function runsOf(experts: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let row = 0; row < experts.length; ) {
    let end = row + 1;
    while (end < experts.length && experts[end] === experts[row]) end++;
    runs.push({ expert: experts[row]!, row, rows: end - row });
    row = end;
  }
  return runs;
}

/** Whether each expert has all its rows in one run. */
export function isGrouped(runs: readonly Run[]): boolean {
  return new Set(runs.map(({ expert }) => expert)).size === runs.length;
}
