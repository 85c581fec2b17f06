import {
  type CausalModel,
  checkArgument,
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
  type StepContext,
  tokenTensor,
} from '@sequitur/core';
import { add, clone, dispose, keep, mul, type Scalar, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

/**
 * A loss function: a differentiable scalar that the caller disposes.
 *
 * A loss that is a mean over labels counts them (`countLabels`) and divides by `context.labelCounts` if given: several
 * batches then make the same step as one large batch. For other losses, each batch has the same weight.
 */
export interface LossFunction<M extends Module, Batch> {
  (model: M, batch: Batch, context: LossContext): Scalar;
  /** The number of labels of a batch, one for each mean in the loss; undefined where it is unknown. */
  readonly countLabels?: ((batch: Batch, model: M) => readonly number[] | undefined) | undefined;
  /** Settings of the loss, which a resumed run compares. */
  readonly settings?: Json | undefined;
}

/** A batch of token ids and labels: the ids to be predicted at the same positions; -100 is ignored. */
export interface TokenBatch {
  readonly inputs: readonly ArrayLike<number>[];
  readonly labels: readonly ArrayLike<number>[];
}

export interface NextTokenOptions {
  /**
   * Label smoothing: the probability that is spread evenly over the vocabulary (Szegedy et al. 2016, section 7);
   * default 0.
   */
  readonly labelSmoothing?: number;
}

const nextTokenOptions = optionsOf<NextTokenOptions>({ labelSmoothing: option.optional(option.share) });

/** The mean cross-entropy of the next token, in nats. */
export const nextTokenLoss = nextToken();

/**
 * The next-token loss with options.
 *
 * @throws SequiturError (the loss) where labels do not match the tokens or the vocabulary, or where there is none
 */
export function nextToken(options: NextTokenOptions = {}) {
  const { labelSmoothing = 0 } = checkOptions('nextToken', nextTokenOptions, options);
  const loss = (model: CausalModel, batch: TokenBatch, { labelCounts, ...context }: LossContext = {}): Scalar => {
    checkArgument('the next-token loss, model', causalModel, model);
    const { inputs, labels } = checkBatch(batch);
    const labelCount = labelCounts?.[0] ?? countLabels(labels);
    if (labelCount === 0) throw withoutLabels('the next-token loss');
    return tidy(() => {
      const tokens = tokenTensor(inputs, model.vocabularySize);
      const wanted = labelTensor('labels', labels, { shape: tokens.shape, classes: model.vocabularySize });
      return balanced(model, context, countLabels(labels) / labelCount, (routed) => {
        const { logits } = model.step(tokens, model.initState(tokens.shape[0]), routed);
        return crossEntropy(logits, wanted, { labelSmoothing, labelCount });
      });
    });
  };
  const settings = { name: 'nextToken', labelSmoothing };
  return Object.assign(loss, { countLabels: (batch: TokenBatch) => [countLabels(checkBatch(batch).labels)], settings });
}

const causalModel = option.having('a causal model', 'step', 'initState');
const rows = option.listOf(
  option.kind('a list of ids', (row) => Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row)),
);

function checkBatch(batch: TokenBatch): TokenBatch {
  checkArgument('the next-token loss, batch', option.kind('a batch { inputs, labels }', isObject), batch);
  checkArgument('the next-token loss, inputs', rows, batch.inputs);
  checkArgument('the next-token loss, labels', rows, batch.labels);
  return batch;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** The next-token loss, plus the load balancing loss where the model has one. */
function balanced(
  { balance }: CausalModel,
  context: StepContext,
  share: number,
  loss: (context: StepContext) => Scalar,
): Scalar {
  if (!balance || balance.coefficient === 0 || !context.random) return loss(context);
  const logits: Tensor2D[] = [];
  const onRouted = (ofRouter: Tensor2D) => void logits.push(keep(clone(ofRouter)));
  try {
    const ofTokens = loss({ ...context, onRouted });
    return add(ofTokens, mul(balance.loss(logits, context.attentionMask), share * balance.coefficient));
  } finally {
    dispose(logits);
  }
}

/**
 * The number of labels of all batches, one for each mean in the loss; undefined for a loss that does not count them.
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
    expected: 'at least one label other than -100',
    got: 'none',
    fix: 'Pass labels other than -100, or omit such batches',
  });
}
