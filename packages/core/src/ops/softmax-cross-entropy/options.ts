import { option } from '../../options/index.js';

export interface SoftmaxCrossEntropyOptions {
  /** Rows with this label have loss 0 and no gradient. Default -100, as in PyTorch. */
  readonly ignoreLabel?: number;
  /** Label smoothing: the probability spread evenly over all classes, in [0, 1]. Default 0. */
  readonly labelSmoothing?: number;
}

export const softmaxCrossEntropyRules = {
  ignoreLabel: option.optional(option.integer(-(2 ** 31), 2 ** 31 - 1)),
  labelSmoothing: option.optional(option.share),
};
