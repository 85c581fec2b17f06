/** Smoothing window as a fraction of the length: longer curves are smoothed more. */
const TURNS = 60;
const MOST_STEPS = 12;

/** Exponential moving average with bias correction (Kingma and Ba 2015, section 3). */
export function smoothed(values: readonly number[]): number[] {
  const keep = 1 - 1 / Math.min(MOST_STEPS, Math.max(1, values.length / TURNS));
  let [mean, weight] = [0, 0];
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return mean / weight;
  });
}

/** At most `most` of the values, evenly spaced: more points than pixels are useless. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  const stride = values.length / most;
  const kept = Array.from({ length: most }, (_, index) => values[Math.floor(index * stride)]!);
  return [...kept.slice(0, -1), values.at(-1)!];
}
