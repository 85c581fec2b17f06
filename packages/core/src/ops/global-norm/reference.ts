import { type Scalar, square, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';

/** Σ x² over all elements of the tensor. */
export function squaredSumReference(x: Tensor): Scalar {
  return tidy(() => sum(square(x)));
}
