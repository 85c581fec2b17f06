import { clippingScale, globalNorm, type Module, parametersOf, SequiturError, scoped } from '@sequitur/core';
import { add, dispose, div, mul, type Scalar, type Tensor, type Variable, variableGrads } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizers/optimizer.js';

export interface StepOptions {
  /** Counted from 1. */
  readonly step: number;
  /** Gradients together are at most this long; default unbounded. */
  readonly maxGradientNorm?: number | undefined;
}

export interface StepResult {
  /** Scalars, which the caller disposes. */
  readonly loss: Scalar;
  /** Before clipping. */
  readonly gradientNorm: Scalar;
}

/**
 * One step of training: the loss, its gradient by every trainable parameter, and the update by the optimizer. Of several
 * losses the mean counts, each computed and freed before the next: a large batch in the memory of a small one.
 */
export function trainStep(
  model: Module,
  losses: (() => Scalar) | readonly (() => Scalar)[],
  optimizer: Optimizer,
  { step, maxGradientNorm }: StepOptions,
): StepResult {
  const { value, gradients } = meanAndGradients(model, [losses].flat());
  const tensors = [...gradients.values()];
  const gradientNorm = globalNorm(tensors);
  const scale = maxGradientNorm === undefined ? 1 : clippingScale(gradientNorm, maxGradientNorm);
  const parameters = parametersOf(model);
  for (const [path, gradient] of gradients) optimizer.update(path, parameters.get(path)!, gradient, { step, scale });
  dispose(tensors);
  if (typeof scale !== 'number') dispose(scale);
  return { loss: value, gradientNorm };
}

interface ValueAndGradients {
  readonly value: Scalar;
  /** By the parameters' paths. */
  readonly gradients: Map<string, Tensor>;
}

function meanAndGradients(model: Module, losses: readonly (() => Scalar)[]): ValueAndGradients {
  const [first, ...others] = losses;
  if (!first) throw new SequiturError({ where: 'trainStep', expected: 'at least one loss', got: 'none' });
  let sum = valueAndGradients(model, first);
  for (const loss of others) sum = added(sum, valueAndGradients(model, loss));
  if (others.length === 0) return sum;
  const gradients = [...sum.gradients].map(([path, total]) => {
    const mean = mul(total, 1 / losses.length);
    total.dispose();
    return [path, mean] as const;
  });
  const value: Scalar = div(sum.value, losses.length);
  sum.value.dispose();
  return { value, gradients: new Map(gradients) };
}

/** Takes over both: what is not in the sum is freed. */
function added(a: ValueAndGradients, b: ValueAndGradients): ValueAndGradients {
  const gradients = new Map(a.gradients);
  for (const [path, gradient] of b.gradients) {
    const other = gradients.get(path);
    gradients.set(path, other ? add(other, gradient) : gradient);
    if (other) dispose([other, gradient]);
  }
  const value: Scalar = add(a.value, b.value);
  dispose([a.value, b.value]);
  return { value, gradients };
}

/** A loss and its gradient by every trainable parameter, by path. The caller disposes all of them. */
export function valueAndGradients(model: Module, loss: () => Scalar): ValueAndGradients {
  const paths = new Map<string, string>();
  const variables: Variable[] = [];
  for (const [path, parameter] of parametersOf(model)) {
    if (!parameter.trainable) continue;
    paths.set(parameter.value.name, path);
    variables.push(parameter.value);
  }
  if (variables.length === 0) {
    throw new SequiturError({ where: 'training', expected: 'at least one trainable parameter', got: 'none' });
  }
  const { value, grads } = variableGrads(() => scoped(loss), variables);
  const gradients = Object.entries(grads).map(([name, gradient]) => [paths.get(name)!, gradient as Tensor] as const);
  return { value, gradients: new Map(gradients) };
}
