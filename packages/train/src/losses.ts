import { type CausalModel, type Context, crossEntropy, type Module, tokenTensor } from '@sequitur/core';
import { type Scalar, tensor2d, tidy } from '@tensorflow/tfjs-core';

/** What a model is trained to make small: a scalar that can be differentiated and that the caller disposes. */
export type LossFunction<M extends Module, Batch> = (model: M, batch: Batch, context: Context) => Scalar;

/** Token ids and the ids to be foretold at the same places; -100 where none is. */
export interface TokenBatch {
  readonly inputs: readonly ArrayLike<number>[];
  readonly labels: readonly ArrayLike<number>[];
}

export interface NextTokenOptions {
  /** The share of the target that is spread evenly over the vocabulary (Szegedy et al. 2016, section 7); default 0. */
  readonly labelSmoothing?: number;
}

/** The mean cross-entropy of every next token, in nats. */
export const nextTokenLoss = nextToken();

/** The loss of the next token, with options. */
export function nextToken({ labelSmoothing = 0 }: NextTokenOptions = {}) {
  return (model: CausalModel, { inputs, labels }: TokenBatch, context: Context = {}): Scalar =>
    tidy(() => {
      const tokens = tokenTensor(inputs, model.vocabularySize);
      const wanted = tensor2d(Int32Array.from(labels.flatMap((row) => Array.from(row))), tokens.shape, 'int32');
      const { logits } = model.step(tokens, model.initState(tokens.shape[0]), context);
      return crossEntropy(logits, wanted, { labelSmoothing });
    });
}
