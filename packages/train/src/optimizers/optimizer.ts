import { type Json, type Module, option, type Parameter, parametersOf } from '@sequitur/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Schedule } from '../schedules.js';
import type { OptimizerState } from './state.js';

/** The context of an update besides the gradient. */
export interface UpdateContext {
  /** The step, counted from 1. */
  readonly step: number;
  /** The factor on the gradient: for clipping, or for the mean over several batches. */
  readonly scale: number | Scalar;
}

/** An optimizer: updates parameters by their gradients. Its state is kept per parameter path. */
export interface Optimizer {
  readonly learningRate: Schedule;
  /** All settings of the optimizer, its schedule included, which a resumed run compares. */
  readonly settings: Json;
  readonly state: OptimizerState;
  /** The parameters that decay, if any; a resumed run compares their names. */
  readonly decays?: DecayRule | undefined;
  /**
   * Updates one parameter in place.
   *
   * @param gradient remains owned by the caller
   */
  update(path: string, parameter: Parameter, gradient: Tensor, context: UpdateContext): void;
  /** Frees the optimizer state. */
  dispose(): void;
}

/** Decides for every parameter whether it decays. */
export type DecayRule = (path: string, parameter: Parameter) => boolean;

/** Weight decay of some parameters. */
export interface DecaySettings {
  /** The weight decay. */
  readonly weightDecay?: number;
  /** The parameters that decay; default `matrices`. */
  readonly decays?: DecayRule;
}

/** Option rules that all optimizers share. */
export const optimizerRules = {
  learningRate: option.either('a number of at least 0, or a schedule', option.nonNegative, option.callback),
  weightDecay: option.optional(option.nonNegative),
  decays: option.optional(option.callback),
};

/** All settings of an optimizer for this model, which a resumed run compares. */
export function describeOptimizer({ settings, decays }: Optimizer, model: Module): Json {
  if (!decays) return { settings };
  const decaying = [...parametersOf(model)].filter(([path, parameter]) => decays(path, parameter));
  return { settings, decays: Object.fromEntries(decaying.map(([path]) => [path, true])) };
}

/** The parameters of rank 2 and more: neither biases nor norms, nor parameters that opt out. */
export const matrices: DecayRule = (_path, parameter) => parameter.decays;

/** As `matrices`, except those whose path matches: `matricesExcept(/embedding/)`. */
export function matricesExcept(pattern: RegExp): DecayRule {
  return (path, parameter) => matrices(path, parameter) && !pattern.test(path);
}

/** Every parameter, the default of PyTorch's optimizers. */
export const everyParameter: DecayRule = () => true;
