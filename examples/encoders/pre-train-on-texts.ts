import { type BertConfig, maskedLanguage } from '@sequitur/bert';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import type { SubwordTokenizer } from '@sequitur/text';
import { maskedTexts } from './masked-texts.js';
import type { EncodedText } from './padded-batch.js';
import { preTrain } from './pre-train.js';
import type { PreTrained } from './pre-trained.js';

export interface TextPreTraining {
  readonly config: BertConfig;
  readonly tokenizer: SubwordTokenizer;
  readonly training: readonly EncodedText[];
  readonly validation: readonly EncodedText[];
  readonly batchSize: number;
  readonly peakRate: number;
}

/**
 * Pre-trains an encoder with masked language modelling, which needs no labels.
 *
 * @returns null if the run was interrupted
 */
export function preTrainOnTexts(
  { config, tokenizer, training, validation, batchSize, peakRate }: TextPreTraining,
  options: RunOptions,
): Promise<PreTrained | null> {
  const validationBatches = maskedTexts(validation, tokenizer, { batchSize, seed: 'validation' });
  return preTrain(
    {
      ...{ config, tokenizer, peakRate, head: maskedLanguage() },
      source: `on ${training.length} unlabelled texts`,
      title: 'Masked language modelling',
      unit: 'nats per masked token',
      batches: () => maskedTexts(training, tokenizer, { batchSize, seed: options.seed }),
      validation: firstBatches(validationBatches, { batches: 8, of: validation.length / batchSize }),
    },
    options,
  );
}
