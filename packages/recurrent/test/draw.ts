import { Random, sizeOf } from '@sequitur/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Normal numbers of this shape, the same for the same seed. */
export function draw<T extends Tensor>(shape: readonly number[], seed: string, scale = 1): T {
  const random = Random.fromSeed(seed);
  const values = Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal());
  return tensor(values, [...shape]) as T;
}

/** The largest distance between two tensors of one shape. */
export async function distance(a: Tensor, b: Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await a.data(), await b.data()];
  let most = 0;
  for (const [i, value] of x.entries()) most = Math.max(most, Math.abs(value - y[i]!));
  return most;
}
