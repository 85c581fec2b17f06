import {
  cast,
  div,
  maximum,
  notEqual,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { SequiturError, showShape } from '../errors.js';
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from '../kernels/softmax-cross-entropy/index.js';

export interface CrossEntropyOptions extends SoftmaxCrossEntropyOptions {
  /** 'mean' over the labels that count (the default), or their 'sum'. */
  readonly reduction?: 'mean' | 'sum';
}

/**
 * -log softmax(logits)[label], in nats, over all rows whose label is not `ignoreLabel`. As PyTorch's `cross_entropy`,
 * but 0 rather than NaN where no label counts.
 *
 * @param logits float32 [..., classes]
 * @param labels int32 [...], each in [0, classes) or `ignoreLabel` (default -100)
 * @returns a scalar, which the caller disposes
 * @throws SequiturError when a shape or dtype does not fit
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  { reduction = 'mean', ...options }: CrossEntropyOptions = {},
): Scalar {
  const classes = logits.shape.at(-1);
  if (!classes || labels.size * classes !== logits.size || labels.rank !== logits.rank - 1) {
    throw new SequiturError({
      where: 'crossEntropy',
      expected: 'logits [..., classes] and labels [...]',
      got: `logits ${showShape(logits.shape)} and labels ${showShape(labels.shape)}`,
    });
  }
  return tidy(() => {
    const rowLabels = reshape(labels, [labels.size]) as Tensor1D;
    const losses = softmaxCrossEntropy(reshape(logits, [labels.size, classes]) as Tensor2D, rowLabels, options);
    if (reduction === 'sum') return sum(losses);
    const counted = sum(cast(notEqual(rowLabels, options.ignoreLabel ?? -100), 'float32'));
    return div(sum(losses), maximum(counted, 1));
  });
}
