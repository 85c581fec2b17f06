import { abs, add, exp, log1p, mean, mul, neg, relu, type Scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { expectTensor } from '../../ops/expect-tensor.js';
import { valuesOnHost } from '../../ops/values-on-host.js';

/**
 * Binary cross-entropy with logits, for multi-label classification: the mean of -(t log σ(z) + (1 - t) log(1 - σ(z)))
 * over all elements, computed as max(z, 0) - z t + log(1 + exp(-|z|)), which never overflows.
 *
 * @param logits z, float32 of any shape
 * @param targets t, float32 of the same shape, each in [0, 1]
 * @returns a scalar, which the caller disposes
 * @throws SequiturError when a shape, a dtype or (where the targets are on the host) a target does not match
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Scalar {
  expectTensor('binaryCrossEntropy, logits', logits);
  expectTensor('binaryCrossEntropy, targets', targets, { shape: logits.shape });
  checkTargets(targets);
  return tidy(() => mean(add(sub(relu(logits), mul(logits, targets)), log1p(exp(neg(abs(logits)))))));
}

function checkTargets(targets: Tensor): void {
  const values = valuesOnHost(targets);
  for (let i = 0; values && i < values.length; i++) {
    if (values[i]! >= 0 && values[i]! <= 1) continue;
    const columns = targets.shape.at(-1) ?? 1;
    throw new SequiturError({
      where: `binaryCrossEntropy, targets, row ${Math.floor(i / columns)}, column ${i % columns}`,
      expected: 'a number from 0 to 1',
      got: String(values[i]),
    });
  }
}
