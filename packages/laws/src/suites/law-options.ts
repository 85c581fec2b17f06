import { type Cost, initialize, type Module } from '@sequitur/core';
import { stir } from '../draw.js';

export interface LawOptions {
  /** What the architecture declares of a model of this size: checked against what it holds. */
  readonly cost?: ((length: number) => Pick<Cost, 'parameters' | 'stateBytes'>) | undefined;
  /** How many positions are read; default 9. */
  readonly length?: number | undefined;
  /** Largest difference relative to the largest number (or 1); default 3e-5. */
  readonly tolerance?: number | undefined;
  /** Largest difference of gradients from differences, relative to the length of the gradient; default 5e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Paths of parameters that the result does not depend on. */
  readonly unreached?: readonly string[] | undefined;
  /** Deviation of the noise that is added to the first values, which hide nothing then; default 0.15. */
  readonly noise?: number | undefined;
}

export interface RecurrentLawOptions extends LawOptions {
  /** Whether texts may be padded at the left; default true. */
  readonly leftPadding?: boolean | undefined;
  /** Whether padding may stand anywhere, in later chunks too; default `leftPadding`. */
  readonly innerPadding?: boolean | undefined;
  /** Whether sequences may be packed into one row (default), or are refused by name. */
  readonly packing?: boolean | undefined;
  /** Whether gradients reach through the state to earlier chunks; default true. */
  readonly gradientThroughState?: boolean | undefined;
  /** Bytes of the state of one sequence by its length; default as in `cost`. */
  readonly stateBytes?: ((length: number) => number) | undefined;
}

/** A module with values that hide nothing. */
export async function filled<M extends Module>(module: M, { noise = 0.15 }: LawOptions): Promise<M> {
  await stir(initialize(module, 1), noise);
  return module;
}
