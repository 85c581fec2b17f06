import type { Initializer } from '@sequitur/core';
import { sizeOf } from '@sequitur/core';

/** The range of initial step sizes of a mixer (Gu and Dao 2023, section 3.6). */
export interface StepSizeSpan {
  readonly least: number;
  readonly most: number;
  /** Lower bound of drawn step sizes (`dt_init_floor`). */
  readonly floor: number;
}

export const DEFAULT_STEP_SPAN: StepSizeSpan = { least: 1e-3, most: 0.1, floor: 1e-4 };

/** Initializes the step bias: its softplus is log-uniform over the range. */
export function stepBiasInitializer({ least, most, floor }: StepSizeSpan): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      const logarithm = Math.log(least) + random.uniform() * (Math.log(most) - Math.log(least));
      return inverseSoftplus(Math.max(Math.exp(logarithm), floor));
    });
}

/** The inverse of softplus, for y > 0. */
export function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
}

/**
 * The S4D-Real initialization of log(-A): each row is log 1, log 2, ..., so that state n decays at rate n (Gu and Dao
 * 2023, section 3.6).
 */
export const s4dRealInitializer: Initializer = (shape) => {
  const state = shape.at(-1)!;
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.log((i % state) + 1));
};

/** The logarithm of values uniform over [least, most). */
export function logUniformInitializer(least: number, most: number): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => Math.log(least + (most - least) * random.uniform()));
}
