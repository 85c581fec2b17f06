import {
  checkArgument,
  checkOptions,
  clippingScale,
  type Module,
  option,
  optionsOf,
  parametersOf,
  valuesOnHost,
} from '@sequitur/core';
import { dispose, type Scalar, tidy } from '@tensorflow/tfjs-core';
import {
  type CombineLosses,
  computeGradients,
  disposeGradients,
  expectFinite,
  type StepGradients,
} from './gradients.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface StepOptions {
  /** The step, counted from 1. */
  readonly step: number;
  /** Clips gradients to this global norm; default no clipping. */
  readonly maxGradientNorm?: number | undefined;
  /**
   * The combination of several losses; default their mean. Losses that are divided by the labels of all batches are
   * summed.
   */
  readonly combine?: CombineLosses | undefined;
}

const stepOptions = optionsOf<StepOptions>({
  step: option.count,
  maxGradientNorm: option.optional(option.bound),
  combine: option.optional(option.oneOf('mean', 'sum')),
});

export interface StepResult {
  /** The loss; the caller disposes both scalars. */
  readonly loss: Scalar;
  /** The global norm of the gradients, before clipping. */
  readonly gradientNorm: Scalar;
}

/**
 * One training step: the loss, its gradient with respect to every trainable parameter, and the update by the optimizer.
 * Several losses are computed one after another, so that a large batch needs only the memory of a small one.
 *
 * Does not wait for a GPU. There the caller must check `gradientNorm`: if it is not finite, neither are the parameters
 * after the step. `train` checks it before the update.
 *
 * @throws SequiturError where the loss or the gradient is not finite, as far as the host can see without waiting (cpu
 *   and WebAssembly): nothing is updated then
 */
export function trainStep(
  model: Module,
  losses: (() => Scalar) | readonly (() => Scalar)[],
  optimizer: Optimizer,
  options: StepOptions,
): StepResult {
  const { combine } = checkOptions('trainStep', stepOptions, options);
  const list = checkArgument('trainStep, losses', option.listOf(option.callback), [losses].flat());
  checkArgument('trainStep, optimizer', option.having('an optimizer', 'update', 'dispose'), optimizer);
  const computed = computeGradients(model, list, combine);
  try {
    const [loss, norm] = [valuesOnHost(computed.value), valuesOnHost(computed.norm)];
    if (loss && norm) expectFinite(options.step, loss[0]!, norm[0]!);
    applyGradients(model, optimizer, computed, options);
  } catch (error) {
    disposeGradients(computed);
    throw error;
  }
  dispose([...computed.gradients.values()]);
  return { loss: computed.value, gradientNorm: computed.norm };
}

/** Updates the parameters by gradients, which remain owned by the caller. */
export function applyGradients(
  model: Module,
  optimizer: Optimizer,
  { gradients, norm }: StepGradients,
  { step, maxGradientNorm }: Pick<StepOptions, 'step' | 'maxGradientNorm'>,
): void {
  const scale = maxGradientNorm === undefined ? 1 : clippingScale(norm, maxGradientNorm);
  try {
    const parameters = parametersOf(model);
    for (const [path, gradient] of gradients) {
      tidy(() => optimizer.update(path, parameters.get(path)!, gradient, { step, scale }));
    }
  } finally {
    if (typeof scale !== 'number') dispose(scale);
  }
}
