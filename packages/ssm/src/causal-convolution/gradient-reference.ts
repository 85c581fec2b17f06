import { add, mul, pad, sigmoid, slice, stack, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { shifted, sumOfTaps } from './reference.js';

/** The derivative: with s = dy activation'(sums), dx_{t+k} = Σ_k weight_k s_t, dweight_k = Σ_t s_t x_{t+k}, dbias = Σ s. */
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

/** (x σ(x))' = σ(x) (1 + x (1 - σ(x))) */
function slopeOfSilu(x: Tensor): Tensor {
  const share = sigmoid(x);
  return mul(share, add(1, mul(x, sub(1, share))));
}
