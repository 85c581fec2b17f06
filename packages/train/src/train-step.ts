import { checkOptions, clippingScale, type Module, option, optionsOf, parametersOf } from '@sequitur/core';
import { dispose, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { type CombineLosses, computeGradients, disposeGradients, type StepGradients } from './gradients.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface StepOptions {
  /** Counted from 1. */
  readonly step: number;
  /** Clips gradients to this global norm; default no clipping. */
  readonly maxGradientNorm?: number | undefined;
  /**
   * How several losses are combined; default their mean. Losses that are divided by the labels of all batches are
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
  /** Scalars, which the caller disposes. */
  readonly loss: Scalar;
  /** Before clipping. */
  readonly gradientNorm: Scalar;
}

/**
 * One training step: the loss, its gradient with respect to every trainable parameter, and the update by the optimizer.
 * Several losses are computed one after another, so that a large batch needs the memory of a small one.
 *
 * Nothing is read back from the device, so that the caller must check `gradientNorm`: if it is not finite, neither are
 * the parameters after the step. `train` checks it before the update.
 */
export function trainStep(
  model: Module,
  losses: (() => Scalar) | readonly (() => Scalar)[],
  optimizer: Optimizer,
  options: StepOptions,
): StepResult {
  const { combine } = checkOptions('trainStep', stepOptions, options);
  const computed = computeGradients(model, [losses].flat(), combine);
  try {
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
