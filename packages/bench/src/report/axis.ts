import { bytes, milliseconds } from './format.js';
import type { Figure } from './series.js';

type Measured = Pick<Figure, 'unit' | 'series'>;

export function formatOf({ unit }: Pick<Figure, 'unit'>): (value: number) => string {
  if (unit === 'milliseconds') return milliseconds;
  return unit === 'bytes' ? bytes : (value) => `${(100 * value).toPrecision(2)} %`;
}

/**
 * Round values of a logarithmic axis: powers of ten, with 2 and 5 times them if there are few; powers of two for bytes.
 */
export function ticksOf({ unit, series }: Measured): number[] {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const steps = unit === 'bytes' ? powersOfTwo(least, most) : powersOfTen(least, most);
  return steps.filter((value) => value >= least * 0.98 && value <= most * 1.02);
}

const MOST_TICKS = 7;

function powersOfTwo(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log2(least)), Math.ceil(Math.log2(most))];
  const step = [1, 2, 5, 10].find((candidate) => (last - first) / candidate <= MOST_TICKS) ?? 10;
  const start = Math.ceil(first / step) * step;
  return Array.from({ length: Math.floor((last - start) / step) + 1 }, (_, index) => 2 ** (start + index * step));
}

function powersOfTen(least: number, most: number): number[] {
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  const multiples = Math.log10(most / least) > 3 ? [1] : Math.log10(most / least) > 1.6 ? [1, 3] : [1, 2, 5];
  return powers.flatMap((power) => multiples.map((multiple) => multiple * power));
}
