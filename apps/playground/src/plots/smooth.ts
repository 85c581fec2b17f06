/** So many times the curve may turn: long ones are smoothed more than short ones. */
const TURNS = 60;
const MOST_STEPS = 12;

/** The exponential mean of what was so far, corrected for its start (Kingma and Ba 2015, section 3). */
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

/** So many of the values, evenly: more points than pixels say nothing. */
export function thinned<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  const stride = values.length / most;
  const kept = Array.from({ length: most }, (_, index) => values[Math.floor(index * stride)]!);
  return [...kept.slice(0, -1), values.at(-1)!];
}
