import { add, mean, mul, reshape, rsqrt, square, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface LayerNormAttributes {
  readonly epsilon: number;
}

/**
 * Ba, Kiros and Hinton 2016, equations 3 and 4: y = g ⊙ (x - μ) / sqrt(σ² + ε) + b, with the mean μ and the variance σ²
 * of each row. The mean is subtracted twice: the second pass removes the rounding error of the first, which matters
 * where a row is constant or far from zero.
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

/**
 * With n = (x - μ) / sqrt(σ² + ε) and g = weight ⊙ dy: dx = (g - mean(g) - n mean(g ⊙ n)) / sqrt(σ² + ε), each mean over
 * a row; dweight = Σ dy ⊙ n and dbias = Σ dy over all rows.
 */
export function layerNormGradientReference(x: Tensor, weight: Tensor, dy: Tensor, epsilon: number): Tensor[] {
  const width = weight.shape[0]!;
  const rows = reshape(x, [-1, width]);
  const dRows = reshape(dy, [-1, width]);
  const nearlyCentred = sub(rows, mean(rows, -1, true));
  const centred = sub(nearlyCentred, mean(nearlyCentred, -1, true));
  const inverseDeviation = rsqrt(add(mean(square(centred), -1, true), epsilon)); // [rows, 1]
  const normal = mul(centred, inverseDeviation);
  const scaled = mul(dRows, weight);
  const along = mul(normal, mean(mul(scaled, normal), -1, true));
  const dx = mul(sub(sub(scaled, mean(scaled, -1, true)), along), inverseDeviation);
  return [reshape(dx, x.shape), sum(mul(dRows, normal), 0), sum(dRows, 0)];
}
