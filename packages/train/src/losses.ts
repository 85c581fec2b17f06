import {
  type CausalModel,
  checkOptions,
  countLabels,
  crossEntropy,
  type Json,
  type LossContext,
  labelTensor,
  type Module,
  option,
  optionsOf,
  SequiturError,
  tokenTensor,
} from '@sequitur/core';
import { type Scalar, tidy } from '@tensorflow/tfjs-core';

/**
 * What a model is trained to minimize: a scalar that can be differentiated and that the caller disposes.
 *
 * A loss that is a mean over labels says how many there are (`countLabels`) and divides by `context.labelCounts` where
 * that is given: several batches then make the same step as one large batch of them all. Of a loss that does not say so,
 * each batch weighs the same.
 */
export interface LossFunction<M extends Module, Batch> {
  (model: M, batch: Batch, context: LossContext): Scalar;
  /** How many labels of a batch count, for each mean that the loss is a sum of; undefined where it cannot say. */
  readonly countLabels?: ((batch: Batch, model: M) => readonly number[] | undefined) | undefined;
  /** What its value depends on beside model and batch, for a resumed run to compare. */
  readonly settings?: Json | undefined;
}

/** Token ids and the ids to be predicted at the same positions; -100 where none is. */
export interface TokenBatch {
  readonly inputs: readonly ArrayLike<number>[];
  readonly labels: readonly ArrayLike<number>[];
}

export interface NextTokenOptions {
  /** The share of the target that is spread evenly over the vocabulary (Szegedy et al. 2016, section 7); default 0. */
  readonly labelSmoothing?: number;
}

const nextTokenOptions = optionsOf<NextTokenOptions>({ labelSmoothing: option.optional(option.share) });

/** The mean cross-entropy of every next token, in nats. */
export const nextTokenLoss = nextToken();

/**
 * The loss of the next token, with options.
 *
 * @throws SequiturError (the loss) where labels do not fit the tokens or the vocabulary, or where there is none
 */
export function nextToken(options: NextTokenOptions = {}) {
  const { labelSmoothing = 0 } = checkOptions('nextToken', nextTokenOptions, options);
  const loss = (
    model: CausalModel,
    { inputs, labels }: TokenBatch,
    { labelCounts, ...context }: LossContext = {},
  ): Scalar => {
    const labelCount = labelCounts?.[0] ?? countLabels(labels);
    if (labelCount === 0) throw withoutLabels('the loss of the next token');
    return tidy(() => {
      const tokens = tokenTensor(inputs, model.vocabularySize);
      const wanted = labelTensor('labels', labels, { shape: tokens.shape, classes: model.vocabularySize });
      const { logits } = model.step(tokens, model.initState(tokens.shape[0]), context);
      return crossEntropy(logits, wanted, { labelSmoothing, labelCount });
    });
  };
  const settings = { name: 'nextToken', labelSmoothing };
  return Object.assign(loss, { countLabels: ({ labels }: TokenBatch) => [countLabels(labels)], settings });
}

/**
 * How many labels count in all these batches, for each mean of the loss; undefined of a loss that does not say.
 *
 * @throws SequiturError where there is none at all: the mean would be 0 / 0
 */
export function totalLabels<M extends Module, Batch>(
  where: string,
  loss: LossFunction<M, Batch>,
  { model, batches }: { readonly model: M; readonly batches: readonly Batch[] },
): readonly number[] | undefined {
  const totals: number[] = [];
  for (const batch of batches) {
    const counts = loss.countLabels?.(batch, model);
    if (!counts) return undefined;
    for (const [index, count] of counts.entries()) totals[index] = (totals[index] ?? 0) + count;
  }
  if (totals.some((total) => total === 0)) throw withoutLabels(where);
  return totals;
}

function withoutLabels(where: string): SequiturError {
  return new SequiturError({
    where,
    expected: 'at least one label that counts',
    got: 'none',
    fix: 'Give labels other than -100, or leave such batches out',
  });
}
