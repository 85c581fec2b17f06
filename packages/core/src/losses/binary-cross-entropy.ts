import { abs, add, exp, log1p, mean, mul, neg, relu, type Scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expectTensor } from '../kernels/expect-tensor.js';

/**
 * Mean of -(t log σ(z) + (1 - t) log(1 - σ(z))) over all numbers, as max(z, 0) - z t + log(1 + exp(-|z|)), which
 * never overflows: for labels that do not exclude one another.
 *
 * @param logits z, float32 of any shape
 * @param targets t, float32 of the same shape, each in [0, 1]
 * @returns a scalar, which the caller disposes
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Scalar {
  expectTensor('binaryCrossEntropy, logits', logits);
  expectTensor('binaryCrossEntropy, targets', targets, { shape: logits.shape });
  return tidy(() => mean(add(sub(relu(logits), mul(logits, targets)), log1p(exp(neg(abs(logits)))))));
}
