import { add, div, mul, type Scalar, sqrt, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { AdamWCoefficients } from './coefficients.js';

export interface AdamWMoments {
  readonly parameter: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/**
 * Loshchilov and Hutter 2019, algorithm 2, in the order of operations of torch.optim.AdamW:
 * θ ← θ (1 - η λ); m ← m + (1 - β₁)(g - m); v ← β₂ v + (1 - β₂) g²; θ ← θ - η / (1 - β₁ᵗ) m / (sqrt(v / (1 - β₂ᵗ)) + ε)
 */
export function adamWReference(
  { parameter, firstMoment, secondMoment }: AdamWMoments,
  gradient: Tensor,
  scale: Scalar,
  c: AdamWCoefficients,
): AdamWMoments {
  return tidy(() => {
    const g = mul(gradient, scale);
    const m = add(firstMoment, mul(sub(g, firstMoment), c.rest1));
    const v = add(mul(secondMoment, c.beta2), mul(square(g), c.rest2));
    const decayed = mul(parameter, c.decay);
    const denominator = add(mul(sqrt(v), c.inverseRootCorrection2), c.epsilon);
    return { parameter: sub(decayed, mul(div(m, denominator), c.stepSize)), firstMoment: m, secondMoment: v };
  });
}
