import { type SequenceClassificationHead, sequenceClassification } from '@sequitur/bert';
import { type EncoderRecipe, type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { encodeExamples, labelledBatches } from './labelled-batches.js';
import type { LabelledSets } from './labelled-sets.js';

/**
 * Trains a vocabulary, pre-trains an encoder on the training texts without their labels, and fine-tunes it with them.
 *
 * @returns the classifier, which the caller disposes, or null where pre-training was interrupted
 */
export async function trainClassifier(
  sets: LabelledSets,
  recipe: EncoderRecipe,
  options: RunOptions,
): Promise<TrainedEncoder<SequenceClassificationHead> | null> {
  const { labels } = sets;
  const { vocabularySize, shape, fineTuning } = recipe;
  const tokenizer = await trainWordPieceTokenizer(
    sets.training.map(({ text }) => text),
    { vocabularySize },
  );
  const [texts, watchedTexts] = [sets.training, sets.validation].map((set) =>
    encodeExamples(set, { tokenizer, labels, length: shape.contextLength }),
  ) as [ReturnType<typeof encodeExamples>, ReturnType<typeof encodeExamples>];
  const { batchSize, hidden } = fineTuning;
  const watching = labelledBatches(watchedTexts, tokenizer, { batchSize: 50, seed: 'validation' });
  const task = {
    ...{ tokenizer, texts, watchedTexts, head: sequenceClassification({ labels }) },
    title: `Telling ${labels.length} classes apart`,
    unit: 'nats per text',
    batches: () => labelledBatches(texts, tokenizer, { batchSize, seed: options.seed, hidden }),
    validation: firstBatches(watching, { batches: 20, of: watchedTexts.length / 50 }),
  };
  return trainEncoder(recipe, task, options);
}
