import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Expects two tensors, or what was read of them, to agree in shape and in every number, up to `tolerance` times the
 * largest number wanted, however small that is: what should be 1e-6 is not 0. Infinities and NaNs agree with their like
 * alone; where only zeros are wanted, `tolerance` itself bounds. Tensors are disposed.
 *
 * @param least a largest number below which there is rounding alone: differences are measured against no less
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

/** As `expectClose`, for numbers on the host. */
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
    if (!(difference <= largest)) [largest, place] = [difference, i]; // a NaN is larger than all
  }
  const error = largest / (scale || 1);
  expect(error, `${what}, number ${place}: ${found[place]}, not ${wanted[place]}`).toBeLessThanOrEqual(tolerance);
}
