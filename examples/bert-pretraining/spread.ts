/** The mean of several runs, and their standard deviation (of a sample: over n - 1). */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** In how many runs, of those with the same seed, the first is the higher one: `5 of 5`. */
export function winsOf(first: readonly number[], second: readonly number[]): string {
  return `${first.filter((value, run) => value > second[run]!).length} of ${first.length}`;
}
