import { type TokenClassificationHead, tokenClassification } from '@sequitur/bert';
import { type EncoderRecipe, type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { nameError } from './name-error.js';
import { encodeSentences, taggedBatches } from './tagged-batches.js';
import type { TaggedSets } from './tagged-sets.js';

/**
 * Trains a vocabulary with capitals, pre-trains an encoder on the sentences and on other texts, and fine-tunes it on tags.
 *
 * @param others texts to pre-train on beside the sentences
 * @returns the recognizer, which the caller disposes, or null where pre-training was interrupted
 */
export async function trainRecognizer(
  { training, validation, tags }: TaggedSets,
  others: readonly string[],
  recipe: EncoderRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<TokenClassificationHead> | null> {
  const { shape, vocabularySize, fineTuning } = recipe;
  const known = [...training.map(({ words }) => words.join(' ')), ...others];
  const tokenizer = await trainWordPieceTokenizer(known, { vocabularySize, lowercase: false });
  const length = shape.contextLength;
  const sentences = encodeSentences(training, { tokenizer, tags, length });
  const watchedTexts = encodeSentences(validation, { tokenizer, tags, length });
  const { batchSize, hidden } = fineTuning;
  const watching = taggedBatches(watchedTexts, tokenizer, { batchSize: 32, seed: 'validation' });
  const task = {
    ...{ tokenizer, watchedTexts, head: tokenClassification({ labels: tags }) },
    texts: [...sentences, ...others.map((text) => tokenizer.tokenize(text, { truncation: { maxLength: length } }))],
    title: 'Telling names',
    unit: 'nats per token (training), 1 - F1 of the tokens of names (validation)',
    validationLoss: nameError,
    batches: () => taggedBatches(sentences, tokenizer, { batchSize, seed: options.seed, hidden }),
    validation: firstBatches(watching, { batches: 16, of: watchedTexts.length / 32 }),
  };
  return trainEncoder(recipe, task, options);
}
