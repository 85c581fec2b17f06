/** The mean of several runs and their sample standard deviation (over n - 1). */
export function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** Number of seeds for which the first run is higher than the second: `5 of 5`. */
export function winsOf(first: readonly number[], second: readonly number[]): string {
  return `${first.filter((value, run) => value > second[run]!).length} of ${first.length}`;
}
