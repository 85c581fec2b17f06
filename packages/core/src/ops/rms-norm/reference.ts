import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface RmsNormAttributes {
  readonly epsilon: number;
  readonly groupSize: number;
  readonly weightOffset: number;
}

/**
 * Zhang and Sennrich 2019, equation 4: y = g ⊙ x / sqrt(mean(x²) + ε), the mean taken over each group of `groupSize`
 * adjacent elements of a row.
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

/** With r = 1 / rms, n = x r and g = (weight + offset) ⊙ dy: dx = r (g - n mean(g ⊙ n)) in each group; dweight = Σ dy ⊙ n. */
export function rmsNormGradientReference(
  x: Tensor,
  weight: Tensor,
  dy: Tensor,
  attributes: RmsNormAttributes,
): Tensor[] {
  const { epsilon, groupSize, weightOffset } = attributes;
  const width = weight.shape[0]!;
  const groups = reshape(x, [-1, groupSize]);
  const inverseRms = rsqrt(add(mean(square(groups), -1, true), epsilon)); // [groups, 1]
  const normal = mul(groups, inverseRms);
  const scaled = reshape(mul(dy, add(weight, weightOffset)), [-1, groupSize]);
  const dx = mul(inverseRms, sub(scaled, mul(normal, mean(mul(scaled, normal), -1, true))));
  const dweight = sum(mul(reshape(dy, [-1, width]), reshape(normal, [-1, width])), 0);
  return [reshape(dx, x.shape), dweight];
}
