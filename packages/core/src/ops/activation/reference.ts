import { add, erf, mul, sigmoid, square, type Tensor, tanh, tidy } from '@tensorflow/tfjs-core';

/** sqrt(2 / π) */
export const SLOPE = Math.sqrt(2 / Math.PI);

/** Hendrycks and Gimpel 2016, section 2: x Φ(x), with Φ the normal distribution function. */
export function geluReference(x: Tensor): Tensor {
  return tidy(() => mul(x, normalDistribution(x)));
}

/** Φ(x), the share of a normal distribution below x. */
export function normalDistribution(x: Tensor): Tensor {
  return tidy(() => mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5));
}

/** Hendrycks and Gimpel 2016, section 2: 0.5 x (1 + tanh(sqrt(2/π) (x + 0.044715 x³))). */
export function geluTanhReference(x: Tensor): Tensor {
  return tidy(() => {
    const inner = mul(mul(x, SLOPE), add(mul(square(x), 0.044715), 1));
    return mul(mul(x, 0.5), add(tanh(inner), 1));
  });
}

/** Hendrycks and Gimpel 2016, section 2 (SiLU); Ramachandran et al. 2017 (swish with β = 1): x σ(x). */
export function siluReference(x: Tensor): Tensor {
  return tidy(() => mul(x, sigmoid(x)));
}
