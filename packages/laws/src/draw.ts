import { type Module, parametersOf, Random, sizeOf } from '@sequitur/core';
import { type Tensor, type Tensor2D, type Tensor3D, tensor, tensor2d } from '@tensorflow/tfjs-core';

/** Normally distributed float32 tensor with standard deviation `scale`, the same for the same seed on every backend. */
export function drawNormal<T extends Tensor = Tensor3D>(shape: readonly number[], seed: string, scale = 1): T {
  const random = Random.fromSeed(seed);
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()),
    [...shape],
  ) as T;
}

/** Token ids, int32 [batch, length]. */
export function drawTokens(batch: number, length: number, vocabularySize: number, seed: string): Tensor2D {
  const random = Random.fromSeed(seed);
  const ids = Int32Array.from({ length: batch * length }, () => random.integer(vocabularySize));
  return tensor2d(ids, [batch, length], 'int32');
}

/** Adds noise to every parameter: initial values are often zeros and ones, which hide errors in a bias or a scale. */
export async function stir(module: Module, deviation: number): Promise<void> {
  for (const [path, parameter] of parametersOf(module)) {
    const random = Random.fromSeed(`stir ${path}`);
    const values = Float32Array.from(await parameter.read(), (value) => value + deviation * random.normal());
    parameter.assign(values);
  }
}
