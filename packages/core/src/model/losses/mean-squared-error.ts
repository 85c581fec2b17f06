import { mean, type Scalar, square, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectTensor } from '../../ops/expect-tensor.js';

/**
 * mean((predicted - wanted)²) over all numbers.
 *
 * @param predicted float32 of any shape
 * @param wanted float32 of the same shape
 * @returns a scalar, which the caller disposes
 */
export function meanSquaredError(predicted: Tensor, wanted: Tensor): Scalar {
  expectTensor('meanSquaredError, predicted', predicted);
  expectTensor('meanSquaredError, wanted', wanted, { shape: predicted.shape });
  return tidy(() => mean(square(sub(predicted, wanted))));
}
