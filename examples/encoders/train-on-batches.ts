import { type Bert, type Head, headLoss, type LabelledBatch, type TextBatch } from '@sequitur/bert';
import { type Learnt, learn, type RunOptions } from '@sequitur/recipe';
import { adamW, type LossFunction, type TrainingData, warmUpThenLinear } from '@sequitur/train';

/** What a model with a head is trained on. */
export interface HeadTask<H extends Head> {
  /** Of the learning curve: what is learnt, and what its losses are of. */
  readonly title: string;
  readonly unit: string;
  readonly batches: () => TrainingData<LabelledBatch<H>>;
  readonly validation: readonly LabelledBatch<H>[];
  /** Default that of the head. */
  readonly loss?: LossFunction<Bert<H>, LabelledBatch<H>>;
  /** By which the best model is chosen; default the loss of the head. */
  readonly validationLoss?: LossFunction<Bert<H>, LabelledBatch<H>>;
  /** How many there are in a run; default 20. */
  readonly evaluations?: number;
}

/** Trains a model with its head, at a rate that rises to its peak and falls to nothing. */
export function trainOnBatches<H extends Head>(
  model: Bert<H>,
  { batches, peakRate, loss = headLoss<H>, ...settings }: HeadTask<H> & { readonly peakRate: number },
  options: RunOptions,
): Promise<Learnt> {
  return learn(
    model,
    {
      ...{ ...settings, data: batches, tokensOf: tokensIn },
      loss,
      optimizer: (steps) =>
        adamW({ learningRate: warmUpThenLinear({ peak: peakRate, warmUp: warmUpOf(steps), steps }) }),
    },
    options,
  );
}

/** A tenth of the run, 200 steps at most. */
function warmUpOf(steps: number): number {
  return Math.max(1, Math.min(200, Math.round(steps / 10)));
}

/** Real tokens of a batch. */
function tokensIn({ attentionMask = [] }: TextBatch): number {
  return attentionMask.reduce((count, row) => count + Array.from(row).filter(Boolean).length, 0);
}
