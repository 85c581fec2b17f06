import { type TokenClassificationHead, tokenClassification } from '@sequitur/bert';
import { type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import {
  encodeSentences,
  nameError,
  nameRenewer,
  type RecognizerRecipe,
  taggedBatches,
  written,
} from '@sequitur/example-entity-recognition';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import type { CommandSets } from './commands.js';

/**
 * Trains an uncased vocabulary, pre-trains an encoder on the commands, and fine-tunes it jointly on the slot tags of
 * the words and the intent, which is the label of the first token (Chen et al. 2019).
 *
 * @returns the model, which the caller disposes, or null if pre-training was interrupted
 */
export async function trainOnCommands(
  { training, validation, labels }: CommandSets,
  { names, ...recipe }: RecognizerRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<TokenClassificationHead> | null> {
  const { shape, vocabularySize, fineTuning } = recipe;
  const texts = training.map((command) => written(command).text);
  const tokenizer = await trainWordPieceTokenizer(texts, { vocabularySize });
  const encoding = { tokenizer, tags: labels, length: shape.contextLength };
  const { batchSize, hidden } = fineTuning;
  const validationBatches = taggedBatches(validation, { ...encoding, batchSize: 50, seed: 'validation' });
  return trainEncoder(
    recipe,
    {
      ...{ tokenizer, head: tokenClassification({ labels }) },
      texts: encodeSentences(training, encoding),
      heldOutTexts: encodeSentences(validation, encoding),
      title: 'Intents and slots',
      unit: 'nats per word (training), 1 - F1 of slots and intents (validation)',
      validationLoss: nameError,
      batches: () =>
        taggedBatches(training, {
          ...encoding,
          ...{ batchSize, hidden, seed: options.seed, renew: nameRenewer(training, names) },
        }),
      validation: firstBatches(validationBatches, { batches: 14, of: validation.length / 50 }),
    },
    options,
  );
}
