import { type Cost, initialize, type Module } from '@sequitur/core';
import { stir } from '../draw.js';

export interface LawOptions {
  /** The architecture's declared cost of this model, checked against the real one. */
  readonly cost?: ((length: number) => Pick<Cost, 'parameters' | 'stateBytes'>) | undefined;
  /** Sequence length in positions; default 9. */
  readonly length?: number | undefined;
  /** Largest difference relative to the largest element (or 1); default 3e-5. */
  readonly tolerance?: number | undefined;
  /** Largest difference of gradients from central differences, relative to their norm; default 5e-3. */
  readonly gradientTolerance?: number | undefined;
  /** Paths of parameters that the output does not depend on. */
  readonly unreached?: readonly string[] | undefined;
  /**
   * Standard deviation of the noise that is added to the initial values, since zeros and ones hide errors; default
   * 0.15.
   */
  readonly noise?: number | undefined;
}

export interface RecurrentLawOptions extends LawOptions {
  /** Whether sequences may be padded at the left (default), or padding there must be refused. */
  readonly leftPadding?: boolean | undefined;
  /** Whether padding may be anywhere, in later chunks too, or must be refused between tokens; default `leftPadding`. */
  readonly innerPadding?: boolean | undefined;
  /** Whether packed sequences are supported; if not, they must be refused. Default true. */
  readonly packing?: boolean | undefined;
  /** Whether gradients flow through the state to earlier chunks; default true. */
  readonly gradientThroughState?: boolean | undefined;
  /** Bytes of one sequence's state by its length; default from `cost`. */
  readonly stateBytes?: ((length: number) => number) | undefined;
}

/** Initializes a module and adds noise to its values. */
export async function filled<M extends Module>(module: M, { noise = 0.15 }: LawOptions): Promise<M> {
  await stir(initialize(module, 1), noise);
  return module;
}
