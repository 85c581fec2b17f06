import { type TokenClassificationHead, tokenClassification } from '@sequitur/bert';
import { type EncoderRecipe, type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { nameError } from './name-error.js';
import { nameLoss } from './name-loss.js';
import { type NameRenewal, nameRenewer } from './renewed-names.js';
import { encodeSentences, taggedBatches } from './tagged-batches.js';
import type { TaggedSentence } from './tagged-sentences.js';
import type { TaggedSets } from './tagged-sets.js';
import { vocabularyTexts } from './vocabulary-texts.js';

export interface RecognizerRecipe extends EncoderRecipe {
  /** Mention replacement, and the additional `weight` of the words of names in the loss. */
  readonly names: NameRenewal & { readonly weight: number };
}

/**
 * Trains a cased vocabulary, pre-trains an encoder on the sentences and on other texts, and fine-tunes it on tags.
 *
 * @param others texts for pre-training in addition to the sentences
 * @returns the recognizer, which the caller disposes, or null if pre-training was interrupted
 */
export async function trainRecognizer(
  { training, validation, tags }: Pick<TaggedSets, 'training' | 'validation' | 'tags'>,
  others: readonly string[],
  recipe: RecognizerRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<TokenClassificationHead> | null> {
  const { shape, vocabularySize, fineTuning, names } = recipe;
  const tokenizer = await trainWordPieceTokenizer(vocabularyTexts(training, others), {
    vocabularySize,
    lowercase: false,
  });
  const encoding = { tokenizer, tags, length: shape.contextLength };
  const { batchSize, hidden } = fineTuning;
  const seen = training.flatMap((sentence) => new Array<TaggedSentence>(timesOf(sentence)).fill(sentence));
  const validationBatches = taggedBatches(validation, { ...encoding, batchSize: 64, seed: 'validation' });
  const task = {
    ...{ tokenizer, head: tokenClassification({ labels: tags }) },
    texts: [
      ...encodeSentences(training, encoding),
      ...others.map((text) => tokenizer.tokenize(text, { truncation: { maxLength: shape.contextLength } })),
    ],
    heldOutTexts: encodeSentences(validation, encoding),
    title: 'Named entity recognition',
    unit: 'nats per word (training), 1 - F1 of the words of names (validation)',
    validationLoss: nameError,
    loss: nameLoss(names.weight),
    batches: () =>
      taggedBatches(seen, {
        ...encoding,
        ...{ batchSize, hidden, seed: options.seed, renew: nameRenewer(training, names) },
      }),
    validation: firstBatches(validationBatches, { batches: 16, of: validation.length / 64 }),
  };
  return trainEncoder(recipe, task, options);
}

/** Sentences with names are repeated: most sentences have none. */
function timesOf({ tags }: TaggedSentence): number {
  return tags.some((tag) => tag !== 'O') ? 2 : 1;
}
