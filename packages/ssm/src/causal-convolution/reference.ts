import { silu } from '@sequitur/core';
import { add, mul, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * y_t = activation(bias + Σ_k weight_k ⊙ x_{t+k}) for each channel by itself, over the positions where all taps lie
 * inside x: the last tap stands at the newest position.
 *
 * @param x [batch, kernel - 1 + length, channels]
 * @param weight [kernel, channels]
 * @returns [batch, length, channels]
 */
export function causalConvolutionReference(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  activation: 'silu' | 'none',
): Tensor {
  return tidy(() => {
    const sums = add(sumOfTaps(x, weight), bias);
    return activation === 'silu' ? silu(sums) : sums;
  });
}

/** Σ_k weight_k ⊙ x_{t+k}. */
export function sumOfTaps(x: Tensor, weight: Tensor): Tensor {
  const [kernel, channels] = weight.shape as [number, number];
  const taps = Array.from({ length: kernel }, (_, k) =>
    mul(shifted(x, k, kernel), slice(weight, [k, 0], [1, channels])),
  );
  return taps.reduce((sum, tap) => add(sum, tap));
}

/** x from position k on, as many positions as there are outputs. */
export function shifted(x: Tensor, k: number, kernel: number): Tensor {
  const [batch, positions, channels] = x.shape as [number, number, number];
  return slice(x, [0, k, 0], [batch, positions - kernel + 1, channels]);
}
