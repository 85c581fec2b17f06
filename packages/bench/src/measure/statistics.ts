/** A sample in two numbers that a few outliers do not move. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  /** First and third quartile. */
  readonly low: number;
  readonly high: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    count: sorted.length,
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

export function median(values: readonly number[]): number {
  return summarize(values).median;
}

/** Half the distance between the quartiles, as a share of the median. */
export function spreadOf({ median, low, high }: Summary): number {
  return median === 0 ? 0 : (high - low) / 2 / median;
}

/** Between neighbours, linearly (Hyndman and Fan 1996, type 7). NaN for an empty sample. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
