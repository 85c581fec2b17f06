import { join } from 'node:path';
import { Bert, type BertConfig, type Head, type HeadPart } from '@sequitur/bert';
import { type RunOptions, shareOf, type TrainingResult } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import type { EncodedText } from './padded-batch.js';
import { sizeOf } from './pre-train.js';
import { preTrainOnTexts } from './pre-train-on-texts.js';
import type { PreTrained } from './pre-trained.js';
import { type HeadTask, trainOnBatches } from './train-on-batches.js';

/** Model size and training settings. */
export interface EncoderRecipe {
  readonly shape: Pick<
    BertConfig,
    'width' | 'depth' | 'heads' | 'contextLength' | 'dropout' | 'attentionDropout' | 'initializerRange'
  >;
  /** Maximum vocabulary size. */
  readonly vocabularySize: number;
  /** `share`: fraction of the whole run. */
  readonly preTraining: { readonly batchSize: number; readonly peakRate: number; readonly share: number };
  /** `hidden`: fraction of tokens that are masked at random in every epoch, as regularization. */
  readonly fineTuning: { readonly batchSize: number; readonly peakRate: number; readonly hidden: number };
}

/** A fine-tuning task for an encoder. */
export interface EncoderTask<H extends Head> extends HeadTask<H> {
  readonly tokenizer: SubwordTokenizer;
  /** Unlabelled texts for pre-training, and others for validation. */
  readonly texts: readonly EncodedText[];
  readonly heldOutTexts: readonly EncodedText[];
  readonly head: HeadPart<H>;
}

export interface TrainedEncoder<H extends Head> {
  readonly model: Bert<H>;
  readonly preTrained: PreTrained;
  readonly result: TrainingResult;
}

/**
 * Pre-trains an encoder on unlabelled texts and fine-tunes it.
 *
 * @returns the model, which the caller disposes, or null if pre-training was interrupted
 */
export async function trainEncoder<H extends Head>(
  { shape, preTraining, fineTuning }: EncoderRecipe,
  task: EncoderTask<H>,
  options: RunOptions,
): Promise<TrainedEncoder<H> | null> {
  const { tokenizer, texts, heldOutTexts, head, ...headTask } = task;
  const config = { modelType: 'bert', vocabularySize: tokenizer.vocabularySize, ...shape };
  const { share, ...settings } = preTraining;
  const preTrained = await preTrainOnTexts(
    { config, tokenizer, training: texts, validation: heldOutTexts, ...settings },
    { ...options, limit: shareOf(options.limit, share) },
  );
  if (preTrained === null) return null;
  const model = await Bert.fromPretrained<H>(preTrained.folder, { head, seed: options.seed });
  console.log(`\nFine-tuning ${sizeOf(model)}.`);
  const result = await trainOnBatches(
    model,
    { ...headTask, peakRate: fineTuning.peakRate },
    { ...options, limit: shareOf(options.limit, 1 - share), folder: join(options.folder, 'fine-tuning') },
  );
  return { model, preTrained, result };
}
