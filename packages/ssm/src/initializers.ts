import type { Initializer } from '@sequitur/core';
import { sizeOf } from '@sequitur/core';

/** The span of step sizes that a mixer starts with (Gu and Dao 2023, section 3.6). */
export interface StepSizeSpan {
  readonly least: number;
  readonly most: number;
  /** Drawn ones are at least this long. */
  readonly floor: number;
}

export const DEFAULT_STEP_SPAN: StepSizeSpan = { least: 1e-3, most: 0.1, floor: 1e-4 };

/** A bias whose softplus is a step size drawn evenly on a logarithmic scale. */
export function stepBiasInitializer({ least, most, floor }: StepSizeSpan): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => {
      const logarithm = Math.log(least) + random.uniform() * (Math.log(most) - Math.log(least));
      return inverseSoftplus(Math.max(Math.exp(logarithm), floor));
    });
}

/** x with softplus(x) = y, for y > 0. */
export function inverseSoftplus(y: number): number {
  return y + Math.log(-Math.expm1(-y));
}

/** Row i holds log 1, log 2, ...: state n decays at rate n (S4D-Real; Gu and Dao 2023, section 3.6). */
export const logarithmsOfOneUp: Initializer = (shape) => {
  const state = shape.at(-1)!;
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.log((i % state) + 1));
};

/** The logarithm of numbers drawn evenly from [least, most). */
export function logarithmOfUniform(least: number, most: number): Initializer {
  return (shape, random) =>
    Float32Array.from({ length: sizeOf(shape) }, () => Math.log(least + (most - least) * random.uniform()));
}
