import { add, mean, mul, reshape, rsqrt, square, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Zhang and Sennrich 2019, equation 4: y = g ⊙ x / sqrt(mean(x²) + ε), the mean taken over each group of `groupSize`
 * neighbours in a row.
 */
export function rmsNormReference(
  x: Tensor,
  weight: Tensor,
  epsilon: number,
  groupSize: number,
  weightOffset: number,
): Tensor {
  return tidy(() => {
    const groups = reshape(x, [-1, groupSize]);
    const inverseRms = rsqrt(add(mean(square(groups), -1, true), epsilon)); // [rows * groups, 1]
    const normalised = reshape(mul(groups, inverseRms), x.shape);
    return mul(normalised, add(weight, weightOffset));
  });
}
