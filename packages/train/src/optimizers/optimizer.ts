import { type Json, type Module, option, type Parameter, parametersOf } from '@sequitur/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Schedule } from '../schedules.js';
import type { OptimizerState } from './state.js';

/** What an update is told beside the gradient. */
export interface UpdateContext {
  /** Counted from 1. */
  readonly step: number;
  /** What the gradient is multiplied by first: clipping, or the mean over several batches. */
  readonly scale: number | Scalar;
}

/** Changes parameters by their gradients; what it remembers of each belongs to the parameter's path. */
export interface Optimizer {
  readonly learningRate: Schedule;
  /** Everything that the optimizer's arithmetic depends on, its schedule included: a resumed run compares it. */
  readonly settings: Json;
  readonly state: OptimizerState;
  /** Which parameters decay, where any does: a resumed run compares them by name. */
  readonly decays?: DecayRule | undefined;
  /** @param gradient stays the caller's */
  update(path: string, parameter: Parameter, gradient: Tensor, context: UpdateContext): void;
  /** Frees what the optimizer remembers. */
  dispose(): void;
}

/** Says of every parameter whether it decays. */
export type DecayRule = (path: string, parameter: Parameter) => boolean;

/** Weight decay of a group of parameters, the others having none. */
export interface DecaySettings {
  /** How fast parameters shrink. */
  readonly weightDecay?: number;
  /** Which parameters decay; default `matrices`. */
  readonly decays?: DecayRule;
}

/** Rules of the options that all optimizers have. */
export const optimizerRules = {
  learningRate: option.either('a number of at least 0, or a schedule', option.nonNegative, option.callback),
  weightDecay: option.optional(option.nonNegative),
  decays: option.optional(option.callback),
};

/** Everything that an optimizer's arithmetic on this model depends on, for a resumed run to compare. */
export function describeOptimizer({ settings, decays }: Optimizer, model: Module): Json {
  if (!decays) return { settings };
  const decaying = [...parametersOf(model)].filter(([path, parameter]) => decays(path, parameter));
  return { settings, decays: Object.fromEntries(decaying.map(([path]) => [path, true])) };
}

/** All of rank 2 and more, no biases and no norms, but those that say of themselves that they do not decay. */
export const matrices: DecayRule = (_path, parameter) => parameter.decays;

/** The matrices but those whose path fits: `matricesExcept(/embedding/)`. */
export function matricesExcept(pattern: RegExp): DecayRule {
  return (path, parameter) => matrices(path, parameter) && !pattern.test(path);
}

/** Every parameter, as PyTorch's optimizers do where nothing is said. */
export const everyParameter: DecayRule = () => true;
