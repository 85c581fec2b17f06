import {
  type CausalModel,
  type Context,
  clippingScale,
  crossEntropy,
  globalNorm,
  type Module,
  parametersOf,
  SequiturError,
  scoped,
  tokenTensor,
} from '@sequitur/core';
import { dispose, type Scalar, type Tensor, tensor2d, tidy, type Variable, variableGrads } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.js';

/** Token ids and the ids to be foretold at the same places; -100 where none is. */
export interface TokenBatch {
  readonly inputs: readonly ArrayLike<number>[];
  readonly labels: readonly ArrayLike<number>[];
}

/** The mean cross-entropy of every next token, in nats, as a scalar that the caller disposes. */
export function nextTokenLoss(model: CausalModel, { inputs, labels }: TokenBatch, context: Context = {}): Scalar {
  return tidy(() => {
    const tokens = tokenTensor(inputs, model.vocabularySize);
    const wanted = tensor2d(Int32Array.from(labels.flatMap((row) => Array.from(row))), tokens.shape, 'int32');
    const { logits } = model.step(tokens, model.initState(tokens.shape[0]), context);
    return crossEntropy(logits, wanted);
  });
}

export interface StepOptions {
  /** Counted from 1. */
  readonly step: number;
  /** Gradients together are at most this long; default unbounded. */
  readonly clip?: number | undefined;
}

export interface StepResult {
  /** Scalars, which the caller disposes. */
  readonly loss: Scalar;
  readonly gradientNorm: Scalar;
}

/** One step of training: the loss, its gradient by every trainable parameter, and the update by the optimizer. */
export function trainStep(model: Module, loss: () => Scalar, optimizer: Optimizer, options: StepOptions): StepResult {
  const { value, gradients } = valueAndGradients(model, loss);
  const tensors = [...gradients.values()];
  const gradientNorm = globalNorm(tensors);
  const scale = options.clip === undefined ? 1 : clippingScale(gradientNorm, options.clip);
  const parameters = parametersOf(model);
  for (const [path, gradient] of gradients) {
    optimizer.update(path, parameters.get(path)!, gradient, { step: options.step, scale });
  }
  dispose(tensors);
  if (typeof scale !== 'number') dispose(scale);
  return { loss: value, gradientNorm };
}

/** A loss and its gradient by every trainable parameter, by path. The caller disposes all of them. */
export function valueAndGradients(
  model: Module,
  loss: () => Scalar,
): { value: Scalar; gradients: Map<string, Tensor> } {
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
