/** A power law time = exp(intercept) length^exponent, fitted on logarithms by least squares. */
export interface PowerLaw {
  readonly exponent: number;
  /** Half the width of the exponent's 95 % confidence interval. */
  readonly margin: number;
  readonly intercept: number;
  /** The shortest and longest fitted length. */
  readonly from: number;
  readonly to: number;
}

export interface Observed {
  readonly length: number;
  readonly values: readonly number[];
}

/** Number of lengths of a fit, from the longest: constant and linear parts matter least there. */
export const LENGTHS_FITTED = 3;

/**
 * The power law of the longest three lengths, every round a separate sample; null below three lengths.
 *
 * @param noise values below it are omitted: they are within the clock's resolution
 */
export function fitPowerLaw(observed: readonly Observed[], noise = 0): PowerLaw | null {
  const usable = observed
    .filter(({ values }) => values.length > 0 && values.every((value) => value > noise))
    .sort((a, b) => a.length - b.length)
    .slice(-LENGTHS_FITTED);
  if (usable.length < 3) return null;
  const samples = usable.flatMap(({ length, values }) =>
    values.map((value) => [Math.log(length), Math.log(value)] as const),
  );
  const mean = (pick: 0 | 1) => samples.reduce((sum, sample) => sum + sample[pick], 0) / samples.length;
  const [x, y] = [mean(0), mean(1)];
  const spreadX = samples.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
  const exponent = samples.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / spreadX;
  const intercept = y - exponent * x;
  const rest = samples.reduce((sum, [a, b]) => sum + (b - intercept - exponent * a) ** 2, 0);
  const freedom = samples.length - 2;
  const error = Math.sqrt(rest / freedom / spreadX);
  return {
    exponent,
    margin: studentQuantile(freedom) * error,
    intercept,
    from: usable[0]!.length,
    to: usable.at(-1)!.length,
  };
}

/** Lengths at which one curve crosses another, by log-log interpolation between measured lengths. */
export function crossovers(
  a: readonly (readonly [number, number])[],
  b: readonly (readonly [number, number])[],
): number[] {
  const other = new Map(b);
  const shared = a.filter(([length]) => other.has(length)).sort((p, q) => p[0] - q[0]);
  const found: number[] = [];
  for (const [index, [length, value]] of shared.entries()) {
    const next = shared[index + 1];
    if (!next) break;
    const [before, after] = [Math.log(value / other.get(length)!), Math.log(next[1] / other.get(next[0])!)];
    if (before * after >= 0) continue;
    const share = before / (before - after);
    found.push(Math.exp(Math.log(length) + share * Math.log(next[0] / length)));
  }
  return found;
}

/**
 * 97.5 % quantile of Student's t-distribution, by the expansion of Abramowitz and Stegun 1964, 26.7.5; exact for 1 and
 * 2 degrees of freedom.
 */
function studentQuantile(freedom: number): number {
  if (freedom <= 0) return Number.POSITIVE_INFINITY;
  if (freedom === 1) return 12.706;
  if (freedom === 2) return 4.303;
  const z = 1.959964;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / freedom + second / freedom ** 2;
}
