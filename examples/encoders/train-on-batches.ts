import { type Bert, type Head, headLoss, type LabelledBatch, type TextBatch } from '@sequitur/bert';
import { type RunOptions, runTraining, type TrainingResult } from '@sequitur/recipe';
import { adamW, type LossFunction, type TrainingData, warmUpThenLinear } from '@sequitur/train';

/** Training task of a model with a head. */
export interface HeadTask<H extends Head> {
  /** Title of the learning curve, and the unit of its losses. */
  readonly title: string;
  readonly unit: string;
  readonly batches: () => TrainingData<LabelledBatch<H>>;
  readonly validation: readonly LabelledBatch<H>[];
  /** Training loss; default the head's. */
  readonly loss?: LossFunction<Bert<H>, LabelledBatch<H>>;
  /** Validation loss, which selects the best model; default the head's loss. */
  readonly validationLoss?: LossFunction<Bert<H>, LabelledBatch<H>>;
  /** Number of evaluations in a run; default 20. */
  readonly evaluations?: number;
}

/** Trains a model with its head; the learning rate warms up to its peak and decays to 0. */
export function trainOnBatches<H extends Head>(
  model: Bert<H>,
  { batches, peakRate, loss = headLoss<H>, ...task }: HeadTask<H> & { readonly peakRate: number },
  options: RunOptions,
): Promise<TrainingResult> {
  return runTraining(
    model,
    {
      ...{ ...task, data: batches, tokensOf: tokensIn },
      loss,
      optimizer: (steps) =>
        adamW({ learningRate: warmUpThenLinear({ peak: peakRate, warmUp: warmUpOf(steps), steps }) }),
    },
    options,
  );
}

/** Warm-up: a tenth of the run, at most 200 steps. */
function warmUpOf(steps: number): number {
  return Math.max(1, Math.min(200, Math.round(steps / 10)));
}

/** Number of real tokens of a batch. */
function tokensIn({ attentionMask = [] }: TextBatch): number {
  return attentionMask.reduce((count, row) => count + Array.from(row).filter(Boolean).length, 0);
}
