import { globalNorm, type Module, parametersOf, SequiturError, scoped, showShape, showValue } from '@sequitur/core';
import { add, dispose, engine, mul, type Scalar, Tensor, type Variable, variableGrads } from '@tensorflow/tfjs-core';

export interface ValueAndGradients {
  readonly value: Scalar;
  /** Gradients by parameter path. */
  readonly gradients: Map<string, Tensor>;
}

/** The gradients of a step, freed by `disposeGradients`. */
export interface StepGradients extends ValueAndGradients {
  /** The global norm of all gradients, before clipping. */
  readonly norm: Scalar;
}

/**
 * The combination of the losses of several batches: their mean, or their sum where each is divided by the labels of
 * all.
 */
export type CombineLosses = 'mean' | 'sum';

/**
 * The loss of one or several batches and its gradients (gradient accumulation). Each batch is computed and freed before
 * the next, so that a large batch needs the memory of a small one. Where a loss throws, nothing leaks.
 */
export function computeGradients(
  model: Module,
  losses: readonly (() => Scalar)[],
  combine: CombineLosses = 'mean',
): StepGradients {
  if (losses.length === 0) throw new SequiturError({ where: 'training', expected: 'at least one loss', got: 'none' });
  let paths: readonly string[] = [];
  const [value, norm, ...gradients] = scoped(() => {
    let sum = valueAndGradients(model, losses[0]!);
    for (const loss of losses.slice(1)) sum = added(sum, valueAndGradients(model, loss));
    if (combine === 'mean' && losses.length > 1) sum = divided(sum, losses.length);
    paths = [...sum.gradients.keys()];
    const tensors = [...sum.gradients.values()];
    return [sum.value, globalNorm(tensors), ...tensors] as [Scalar, Scalar, ...Tensor[]];
  });
  return { value, norm, gradients: new Map(paths.map((path, index) => [path, gradients[index]!])) };
}

export function disposeGradients({ value, norm, gradients }: StepGradients): void {
  dispose([value, norm, ...gradients.values()]);
}

/**
 * Checks loss and gradient norm.
 *
 * @throws SequiturError where a step would make parameters NaN or infinite
 */
export function expectFinite(step: number, loss: number, norm: number): void {
  for (const [what, value] of [
    ['loss', loss],
    ['norm of the gradient', norm],
  ] as const) {
    if (Number.isFinite(value)) continue;
    throw new SequiturError({
      where: `training, step ${step}`,
      expected: `a finite ${what}`,
      got: String(value),
      fix: 'Use a smaller learning rate or a longer warm-up; model and checkpoints are unchanged by this step',
    });
  }
}

/** The sum of both. Takes ownership of them: tensors that are not in the sum are freed. */
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

/** The mean from the sum, of which it takes ownership. */
function divided(sum: ValueAndGradients, count: number): ValueAndGradients {
  const quotient = <T extends Tensor>(total: T): T => {
    const mean = mul(total, 1 / count) as T;
    total.dispose();
    return mean;
  };
  const gradients = new Map([...sum.gradients].map(([path, total]) => [path, quotient(total)] as const));
  return { value: quotient(sum.value), gradients };
}

/**
 * A loss and its gradient with respect to every trainable parameter, by path. The caller disposes all of them.
 *
 * @throws SequiturError where no parameter is trainable, or the loss is not a scalar or depends on none of them
 */
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
  const { value, grads } = differentiate(() => scalarOf(scoped(loss)), variables);
  const gradients = Object.entries(grads).map(([name, gradient]) => [paths.get(name)!, gradient as Tensor] as const);
  return { value, gradients: new Map(gradients) };
}

function differentiate(loss: () => Scalar, variables: Variable[]) {
  try {
    return variableGrads(loss, variables);
  } catch (error) {
    freeTape();
    if (!(error instanceof Error && error.message.startsWith('Cannot find a connection'))) throw error;
    throw new SequiturError(
      { where: 'training', expected: 'a loss that depends on trainable parameters', got: 'one that depends on none' },
      { cause: error },
    );
  }
}

/** Frees the tensors that tfjs kept for a backward pass, which it frees only after one. */
function freeTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) dispose(saved ?? []);
  state.activeTape = [];
}

function scalarOf(value: unknown): Scalar {
  if (value instanceof Tensor && value.size === 1 && value.rank === 0 && value.dtype === 'float32')
    return value as Scalar;
  const got = value instanceof Tensor ? `${value.dtype} ${showShape(value.shape)}` : showValue(value);
  throw new SequiturError({ where: 'training', expected: 'a loss that is a scalar, float32 []', got });
}
