import { type Module, parametersOf, scoped } from '@sequitur/core';
import { mul, type Scalar, sum, type Tensor, variableGrads } from '@tensorflow/tfjs-core';
import { drawNormal } from '../draw.js';
import { type Recurrence, readAll } from './recurrence.js';

/** A module with values, and a scalar function of its parameters. */
export interface Differentiable {
  readonly module: Module;
  /** The function: pure, with a value near 1. */
  f(): Scalar;
  dispose(): void;
}

/**
 * Gradients by parameter path, on the host; the value of `f` under the empty path. Parameters that `f` does not use are
 * absent.
 */
export type Gradients = ReadonlyMap<string, Float32Array>;

/** @param compute runs the computation, for example `byReference` */
export async function gradientsOf(
  { module, f }: Pick<Differentiable, 'module' | 'f'>,
  compute: <T>(f: () => T) => T = (run) => run(),
): Promise<Gradients> {
  const parameters = parametersOf(module);
  const values = [...parameters.values()].map((parameter) => parameter.value);
  const { value, grads } = compute(() => variableGrads(() => scoped(f), values));
  const found = new Map<string, Float32Array>();
  const read = async (path: string, tensor: Tensor | undefined) => {
    if (!tensor) return;
    found.set(path, ((await tensor.data()) as Float32Array).slice());
    tensor.dispose();
  };
  await read('', value);
  for (const [path, parameter] of parameters) await read(path, grads[parameter.value.name]);
  return found;
}

/** Σ c ⊙ output / sqrt(count) for random c: a scalar near 1 that depends on every element of `output`. */
export function weighed(output: Tensor): Scalar {
  return scoped(() => mul(sum(mul(output, drawNormal(output.shape, 'weights'))), 1 / Math.sqrt(output.size)) as Scalar);
}

/** The weighted output of a recurrence for two sequences of this length, read in these chunks. */
export function weighedReading(recurrence: Recurrence, length: number, chunks: readonly number[]): Differentiable {
  return {
    module: recurrence.module,
    dispose: recurrence.dispose,
    f: () => weighed(readAll(recurrence, recurrence.draw(2, length, 'sequence'), chunks).output),
  };
}
