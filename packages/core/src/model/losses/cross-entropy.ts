import {
  cast,
  div,
  notEqual,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { SequiturError } from '../../errors.js';
import { softmaxCrossEntropy } from '../../ops/softmax-cross-entropy/index.js';
import { type SoftmaxCrossEntropyOptions, softmaxCrossEntropyRules } from '../../ops/softmax-cross-entropy/options.js';
import { checkIntegers } from '../../ops/values-on-host.js';
import { checkOptions, option, optionsOf } from '../../options/index.js';
import { showShape } from '../../shape.js';

export interface CrossEntropyOptions extends SoftmaxCrossEntropyOptions {
  /** 'mean' over the labels that are not ignored (the default), or their 'sum'. */
  readonly reduction?: 'mean' | 'sum';
  /** The divisor of the mean, if it is not the number of these labels: the labels of several batches for example. */
  readonly labelCount?: number | undefined;
}

const crossEntropyOptions = optionsOf<CrossEntropyOptions>({
  ...softmaxCrossEntropyRules,
  reduction: option.optional(option.oneOf('mean', 'sum')),
  labelCount: option.optional(option.positive),
});

/**
 * Mean cross-entropy -log softmax(logits)[label], in nats, over all rows whose label is not `ignoreLabel`. As in
 * PyTorch's `cross_entropy`, NaN if all are ignored.
 *
 * @param logits float32 [..., classes]
 * @param labels int32 [...], each in [0, classes) or `ignoreLabel` (default -100)
 * @returns a scalar, which the caller disposes
 * @throws SequiturError when a shape, a dtype or (where the labels are on the host) a label does not match, naming row
 *   and column
 */
export function crossEntropy(logits: Tensor, labels: Tensor, options: CrossEntropyOptions = {}): Scalar {
  const { reduction = 'mean', labelCount, ...ofRows } = checkOptions('crossEntropy', crossEntropyOptions, options);
  const classes = logits.shape.at(-1);
  if (!classes || labels.size * classes !== logits.size || labels.rank !== logits.rank - 1) {
    throw new SequiturError({
      where: 'crossEntropy',
      expected: 'logits [..., classes] and labels [...]',
      got: `logits ${showShape(logits.shape)} and labels ${showShape(labels.shape)}`,
    });
  }
  const { ignoreLabel = -100 } = ofRows;
  if (labels.rank > 1 && labels.dtype === 'int32') {
    checkIntegers('labels', labels, { below: classes, ignored: ignoreLabel, columns: labels.shape.at(-1) });
  }
  return tidy(() => {
    const rowLabels = reshape(labels, [labels.size]) as Tensor1D;
    const losses = softmaxCrossEntropy(reshape(logits, [labels.size, classes]) as Tensor2D, rowLabels, ofRows);
    if (reduction === 'sum') return sum(losses);
    return div(sum(losses), labelCount ?? sum(cast(notEqual(rowLabels, ignoreLabel), 'float32')));
  });
}
