import { silu } from '@sequitur/core';
import { add, mul, pad, sigmoid, slice, stack, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface ConvolutionAttributes {
  /** The activation, computed in the same pass. */
  readonly activation: 'silu' | 'none';
}

/**
 * The causal convolution, the readable reference: y_t = activation(bias + Σ_k weight_k ⊙ x_{t+k}) per channel, at all
 * positions whose taps are inside x; the last tap belongs to the current position.
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

/**
 * The gradients of the causal convolution: with s = dy activation'(sums), dx_{t+k} = Σ_k weight_k s_t, dweight_k = Σ_t
 * s_t x_{t+k}, dbias = Σ s.
 */
export function causalConvolutionGradientReference(
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  dy: Tensor,
  activation: 'silu' | 'none',
): [Tensor, Tensor, Tensor] {
  const [kernel, channels] = weight.shape as [number, number];
  const dSums = activation === 'silu' ? mul(dy, slopeOfSilu(add(sumOfTaps(x, weight), bias))) : dy;
  const taps = Array.from({ length: kernel }, (_, k) => k);
  const dx = taps
    .map((k) => mul(dSums, slice(weight, [k, 0], [1, channels])))
    .map((part, k) =>
      pad(part, [
        [0, 0],
        [k, kernel - 1 - k],
        [0, 0],
      ]),
    )
    .reduce((total, part) => add(total, part));
  const dWeight = stack(taps.map((k) => sum(mul(dSums, shifted(x, k, kernel)), [0, 1])));
  return [dx, dWeight, sum(dSums, [0, 1])];
}

/** Σ_k weight_k ⊙ x_{t+k}. */
function sumOfTaps(x: Tensor, weight: Tensor): Tensor {
  const [kernel, channels] = weight.shape as [number, number];
  const taps = Array.from({ length: kernel }, (_, k) =>
    mul(shifted(x, k, kernel), slice(weight, [k, 0], [1, channels])),
  );
  return taps.reduce((sum, tap) => add(sum, tap));
}

/** The positions of x from k on, one for each output. */
export function shifted(x: Tensor, k: number, kernel: number): Tensor {
  const [batch, positions, channels] = x.shape as [number, number, number];
  return slice(x, [0, k, 0], [batch, positions - kernel + 1, channels]);
}

/** (x σ(x))' = σ(x) (1 + x (1 - σ(x))) */
function slopeOfSilu(x: Tensor): Tensor {
  const share = sigmoid(x);
  return mul(share, add(1, mul(x, sub(1, share))));
}
