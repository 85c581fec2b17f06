import { checkOptions, clippingScale, type Module, option, optionsOf, parametersOf } from '@sequitur/core';
import { dispose, type Scalar, tidy } from '@tensorflow/tfjs-core';
import { type CombineLosses, computeGradients, disposeGradients, type StepGradients } from './gradients.js';
import type { Optimizer } from './optimizers/optimizer.js';

export interface StepOptions {
  /** Counted from 1. */
  readonly step: number;
  /** The global norm that gradients are clipped to; default unbounded. */
  readonly maxGradientNorm?: number | undefined;
  /** How several losses make one; default their mean. Losses that divide by the labels of all batches are summed. */
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
 * One step of training: the loss, its gradient by every trainable parameter, and the update by the optimizer. Several
 * losses are computed one after the other: a large batch in the memory of a small one.
 *
 * Nothing is read back from the device, so the caller looks at `gradientNorm`: where it is not finite, neither are the
 * parameters after the step. `train` looks before it updates.
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

/** Updates the parameters by gradients, which stay the caller's. */
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
