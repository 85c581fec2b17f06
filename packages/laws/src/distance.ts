import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** The largest distance between two tensors of one shape: NaN where an element of either is NaN. */
export async function distance(a: Tensor, b: Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await a.data(), await b.data()];
  let most = 0;
  for (const [i, value] of x.entries()) most = Math.max(most, Math.abs(value - y[i]!));
  return most;
}

/** The largest absolute value. */
export async function largest(x: Tensor): Promise<number> {
  let most = 0;
  for (const value of await x.data()) most = Math.max(most, Math.abs(value));
  return most;
}
