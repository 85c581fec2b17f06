import { join } from 'node:path';
import { Bert, type BertConfig, type Head, type HeadPart, headLoss, type LabelledBatch } from '@sequitur/bert';
import { type Learnt, learn, type RunOptions } from '@sequitur/recipe';
import type { Batches, SubwordTokenizer } from '@sequitur/text';
import { adamW, type LossFunction, warmUpThenLinear } from '@sequitur/train';
import type { EncodedText } from './padded-batch.js';
import { preTrain, sizeOf, tokensIn, warmUpOf } from './pre-train.js';
import type { PreTrained } from './pre-trained.js';

/** The size of the model and how it learns. */
export interface EncoderRecipe {
  readonly shape: Pick<
    BertConfig,
    'width' | 'depth' | 'heads' | 'contextLength' | 'dropout' | 'attentionDropout' | 'initialDeviation'
  >;
  /** Tokens of the vocabulary, at most. */
  readonly vocabularySize: number;
  /** `share`: of the whole run. */
  readonly preTraining: { readonly batchSize: number; readonly peakRate: number; readonly share: number };
  /** `hidden`: share of the tokens that the mask stands for, drawn anew in every epoch, so that no word alone decides. */
  readonly fineTuning: { readonly batchSize: number; readonly peakRate: number; readonly hidden: number };
}

export interface FineTuningLesson<H extends Head> {
  /** Of the learning curve: what is learnt, and what its losses are of. */
  readonly title: string;
  readonly unit: string;
  readonly batches: () => Batches<LabelledBatch<H>>;
  readonly validation: readonly LabelledBatch<H>[];
  /** By which the best model is chosen; default the loss of the head. */
  readonly validationLoss?: LossFunction<Bert<H>, LabelledBatch<H>>;
  /** How many there are in a run; default 20. */
  readonly evaluations?: number;
}

/** What an encoder is to learn. */
export interface EncoderTask<H extends Head> extends FineTuningLesson<H> {
  readonly tokenizer: SubwordTokenizer;
  /** Texts without labels, to pre-train on, and others to watch that with. */
  readonly texts: readonly EncodedText[];
  readonly watchedTexts: readonly EncodedText[];
  readonly head: HeadPart<H>;
}

export interface TrainedEncoder<H extends Head> {
  readonly model: Bert<H>;
  readonly preTrained: PreTrained;
  readonly learnt: Learnt;
}

/**
 * Pre-trains an encoder on texts without labels and fine-tunes it with them.
 *
 * @returns the model, which the caller disposes, or null where pre-training was interrupted
 */
export async function trainEncoder<H extends Head>(
  { shape, preTraining, fineTuning }: EncoderRecipe,
  task: EncoderTask<H>,
  options: RunOptions,
): Promise<TrainedEncoder<H> | null> {
  const { tokenizer, texts, watchedTexts, head, ...lesson } = task;
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const { share, ...settings } = preTraining;
  const preTrained = await preTrain(
    { config, tokenizer, training: texts, validation: watchedTexts, ...settings },
    { ...options, ...shareOf(options, share) },
  );
  if (preTrained === null) return null;
  const model = await Bert.fromPretrained<H>(preTrained.folder, { head, seed: options.seed });
  console.log(`\nFine-tuning ${sizeOf(model)}.`);
  const learnt = await fineTune(
    model,
    { ...lesson, peakRate: fineTuning.peakRate },
    { ...options, ...shareOf(options, 1 - share), folder: join(options.folder, 'fine-tuning') },
  );
  return { model, preTrained, learnt };
}

/** Trains a model with its head on labelled batches. */
export function fineTune<H extends Head>(
  model: Bert<H>,
  { batches, peakRate, ...lesson }: FineTuningLesson<H> & { readonly peakRate: number },
  options: RunOptions,
): Promise<Learnt> {
  return learn(
    model,
    {
      ...{ ...lesson, data: batches, tokensOf: tokensIn },
      loss: headLoss<H>,
      optimizer: (steps) =>
        adamW({ learningRate: warmUpThenLinear({ peak: peakRate, warmUp: warmUpOf(steps), steps }) }),
    },
    options,
  );
}

/** A share of a run's seconds or steps. */
export function shareOf({ limit }: Pick<RunOptions, 'limit'>, share: number): Pick<RunOptions, 'limit'> {
  if ('seconds' in limit) return { limit: { seconds: limit.seconds * share } };
  return { limit: { steps: Math.max(1, Math.round(limit.steps * share)) } };
}
