import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Expects two tensors, or their host values, to have equal shapes and elements that differ by at most `tolerance` times
 * the largest expected element, however small that is: 1e-6 is not 0. Infinities and NaNs equal only themselves. Where
 * all expected elements are 0, `tolerance` is absolute. The tensors are disposed.
 *
 * @param least lower bound of the largest element that differences are divided by: anything smaller is rounding
 */
export async function expectClose(
  found: Tensor,
  wanted: Tensor,
  tolerance: number,
  what = '',
  least = 0,
): Promise<void> {
  expect(found.shape, what).toEqual(wanted.shape);
  const [x, y] = [(await found.data()) as Float32Array, (await wanted.data()) as Float32Array];
  dispose([found, wanted]);
  expectCloseValues(x, y, tolerance, what, least);
}

/** Like `expectClose`, for values on the host. */
export function expectCloseValues(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what = '',
  least = 0,
): void {
  expect(found.length, what).toBe(wanted.length);
  let [largest, scale, place] = [0, least, -1];
  for (let i = 0; i < found.length; i++) {
    if (Number.isFinite(wanted[i])) scale = Math.max(scale, Math.abs(wanted[i]!));
    if (Object.is(found[i], wanted[i])) continue;
    const difference = Math.abs(found[i]! - wanted[i]!);
    if (!(difference <= largest)) [largest, place] = [difference, i]; // a NaN exceeds every bound
  }
  const error = largest / (scale || 1);
  expect(error, `${what}, number ${place}: ${found[place]}, not ${wanted[place]}`).toBeLessThanOrEqual(tolerance);
}
