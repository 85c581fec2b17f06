import type { ScoreBias } from '../ops/scaled-dot-product/bias/score-bias.js';
import { PositionalEncoding } from './positional-encoding.js';

/**
 * ALiBi, attention with linear biases (Press, Smith and Lewis 2022, section 3): each head subtracts slope × distance
 * from the score. It has no position vectors and extrapolates beyond the training length.
 */
export class Alibi extends PositionalEncoding {
  readonly slopes: readonly number[];

  constructor(heads: number) {
    super();
    this.slopes = alibiSlopes(heads);
  }

  override scoreBias(): ScoreBias {
    return { kind: 'alibi', slopes: this.slopes };
  }
}

/**
 * The ALiBi slope of each head: 2^(-8/n), 2^(-16/n), ... where the number of heads n is a power of two; else those of
 * the next lower power, followed by every other slope of the next higher one.
 */
export function alibiSlopes(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const slopes = geometric(power);
  if (power === heads) return slopes;
  const between = geometric(2 * power).filter((_, index) => index % 2 === 0);
  return [...slopes, ...between.slice(0, heads - power)];
}

function geometric(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 2 ** ((-8 * (index + 1)) / count));
}
