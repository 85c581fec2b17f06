import { mean, type Scalar, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectTensor } from '../../ops/expect-tensor.js';

/**
 * Mean squared error over all elements.
 *
 * @param predicted float32 of any shape
 * @param wanted float32 of the same shape: the targets
 * @returns a scalar, which the caller disposes
 * @throws SequiturError when a shape or dtype does not match
 */
export function meanSquaredError(predicted: Tensor, wanted: Tensor): Scalar {
  expectTensor('meanSquaredError, predicted', predicted);
  expectTensor('meanSquaredError, wanted', wanted, { shape: predicted.shape });
  return tidy(() => mean(square(sub(predicted, wanted))));
}
