import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { checkOptions, optionsOf } from '../../options/index.js';
import { showShape } from '../../shape.js';
import { defineOp } from '../define-op.js';
import { expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { checkIntegers } from '../values-on-host.js';
import { softmaxCrossEntropyCpu } from './cpu.js';
import { softmaxCrossEntropyGradient } from './gradient.js';
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropyRules } from './options.js';
import { type SoftmaxCrossEntropyAttributes, softmaxCrossEntropyReference } from './reference.js';
import { softmaxCrossEntropyWasm } from './wasm.js';

export type { SoftmaxCrossEntropyOptions } from './options.js';

/** {logits, labels} -> [losses, normalisers]; the second, log Σ exp z of each row, is for the backward pass only. */
const softmaxCrossEntropyOp = defineOp<SoftmaxCrossEntropyAttributes>({
  name: 'SequiturSoftmaxCrossEntropy',
  reference: ({ logits, labels }, { ignoreLabel, labelSmoothing }) =>
    softmaxCrossEntropyReference(logits!, labels!, ignoreLabel, labelSmoothing),
  gradient: {
    inputsToSave: ['logits', 'labels'],
    outputsToSave: [false, true],
    of: ([dlosses], [logits, labels, normalisers], attributes) => ({
      logits: () =>
        softmaxCrossEntropyGradient(
          { logits: logits!, labels: labels!, normalisers: normalisers!, dlosses: dlosses! },
          attributes,
        )[0]!,
    }),
  },
  kernels: {
    cpu: softmaxCrossEntropyCpu,
    wasm: softmaxCrossEntropyWasm,
    webgpu: onWebGpu(({ softmaxCrossEntropyWebGpu }) => softmaxCrossEntropyWebGpu),
  },
});

const softmaxCrossEntropyOptions = optionsOf<SoftmaxCrossEntropyOptions>(softmaxCrossEntropyRules);

/**
 * Cross-entropy of each row of logits with its label, in nats: -log softmax(logits)[label].
 *
 * @param logits float32 [rows, classes]
 * @param labels int32 [rows], each in [0, classes) or `ignoreLabel`
 * @returns float32 [rows], which the caller disposes
 * @throws SequiturError when a shape, a dtype or (where the labels are on the host) a label does not match
 */
export function softmaxCrossEntropy(
  logits: Tensor2D,
  labels: Tensor1D,
  options: SoftmaxCrossEntropyOptions = {},
): Tensor1D {
  const { ignoreLabel = -100, labelSmoothing = 0 } = checkOptions(
    'softmaxCrossEntropy',
    softmaxCrossEntropyOptions,
    options,
  );
  expectTensor('softmaxCrossEntropy, logits', logits);
  if (logits.rank !== 2) {
    throw new SequiturError({
      where: 'softmaxCrossEntropy, logits',
      expected: 'shape [rows, classes]',
      got: showShape(logits.shape),
    });
  }
  expectTensor('softmaxCrossEntropy, labels', labels, { dtype: 'int32', shape: [logits.shape[0]] });
  checkIntegers('softmaxCrossEntropy, labels', labels, { below: logits.shape[1], ignored: ignoreLabel });
  const [losses, normalisers] = softmaxCrossEntropyOp({ logits, labels }, { ignoreLabel, labelSmoothing });
  normalisers!.dispose();
  return losses as Tensor1D;
}
