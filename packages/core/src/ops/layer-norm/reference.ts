import { add, mean, mul, rsqrt, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * Ba, Kiros and Hinton 2016, equations 3 and 4: y = g ⊙ (x - μ) / sqrt(σ² + ε) + b, with the mean μ and the variance
 * σ² of each row. The mean is taken twice: the second pass removes what rounding left of the first, which counts
 * where a row is constant or lies far from zero.
 */
export function layerNormReference(x: Tensor, weight: Tensor, bias: Tensor | null, epsilon: number): Tensor {
  return tidy(() => {
    const nearlyCentred = sub(x, mean(x, -1, true)); // [..., width]
    const centred = sub(nearlyCentred, mean(nearlyCentred, -1, true));
    const inverseDeviation = rsqrt(add(mean(square(centred), -1, true), epsilon)); // [..., 1]
    const scaled = mul(mul(centred, inverseDeviation), weight);
    return bias ? add(scaled, bias) : scaled;
  });
}
