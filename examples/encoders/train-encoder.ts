import { join } from 'node:path';
import { Bert, type BertConfig, type Head, type HeadPart } from '@sequitur/bert';
import { type Learnt, type RunOptions, shareOf } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import type { EncodedText } from './padded-batch.js';
import { sizeOf } from './pre-train.js';
import { preTrainOnTexts } from './pre-train-on-texts.js';
import type { PreTrained } from './pre-trained.js';
import { type HeadTask, trainOnBatches } from './train-on-batches.js';

/** The size of the model and how it learns. */
export interface EncoderRecipe {
  readonly shape: Pick<
    BertConfig,
    'width' | 'depth' | 'heads' | 'contextLength' | 'dropout' | 'attentionDropout' | 'initializerRange'
  >;
  /** Tokens of the vocabulary, at most. */
  readonly vocabularySize: number;
  /** `share`: of the whole run. */
  readonly preTraining: { readonly batchSize: number; readonly peakRate: number; readonly share: number };
  /** `hidden`: share of the tokens that the mask stands for, drawn anew in every epoch, so that no word alone decides. */
  readonly fineTuning: { readonly batchSize: number; readonly peakRate: number; readonly hidden: number };
}

/** What an encoder is to learn. */
export interface EncoderTask<H extends Head> extends HeadTask<H> {
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
  const { tokenizer, texts, watchedTexts, head, ...rest } = task;
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const { share, ...settings } = preTraining;
  const preTrained = await preTrainOnTexts(
    { config, tokenizer, training: texts, validation: watchedTexts, ...settings },
    { ...options, limit: shareOf(options.limit, share) },
  );
  if (preTrained === null) return null;
  const model = await Bert.fromPretrained<H>(preTrained.folder, { head, seed: options.seed });
  console.log(`\nFine-tuning ${sizeOf(model)}.`);
  const learnt = await trainOnBatches(
    model,
    { ...rest, peakRate: fineTuning.peakRate },
    { ...options, limit: shareOf(options.limit, 1 - share), folder: join(options.folder, 'fine-tuning') },
  );
  return { model, preTrained, learnt };
}
