import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Expects two tensors, or what was read of them, to agree in shape and in every number, up to `tolerance` times the
 * largest number wanted (or 1). Tensors are disposed.
 */
export async function expectClose(found: Tensor, wanted: Tensor, tolerance: number, what = ''): Promise<void> {
  expect(found.shape, what).toEqual(wanted.shape);
  const [x, y] = [(await found.data()) as Float32Array, (await wanted.data()) as Float32Array];
  dispose([found, wanted]);
  expectCloseValues(x, y, tolerance, what);
}

/** As `expectClose`, for numbers on the host. */
export function expectCloseValues(
  found: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: number,
  what = '',
): void {
  expect(found.length, what).toBe(wanted.length);
  let [largest, scale, place] = [0, 1, -1];
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - wanted[i]!);
    if (!(difference <= largest)) [largest, place] = [difference, i]; // a NaN is larger than all
    scale = Math.max(scale, Math.abs(wanted[i]!));
  }
  const error = largest / scale;
  expect(error, `${what}, number ${place}: ${found[place]}, not ${wanted[place]}`).toBeLessThanOrEqual(tolerance);
}
