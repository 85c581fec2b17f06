import { type SequenceClassificationHead, sequenceClassification } from '@sequitur/bert';
import { type EncoderRecipe, type TrainedEncoder, trainEncoder } from '@sequitur/example-encoders';
import { firstBatches, type RunOptions } from '@sequitur/recipe';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { encodeExamples, labelledBatches } from './labelled-batches.js';
import type { LabelledSets } from './labelled-sets.js';

/**
 * Trains a vocabulary, pre-trains an encoder on the unlabelled training texts, and fine-tunes it with the labels.
 *
 * @returns the classifier, which the caller disposes, or null if pre-training was interrupted
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
  const [texts, heldOutTexts] = [sets.training, sets.validation].map((set) =>
    encodeExamples(set, { tokenizer, labels, length: shape.contextLength }),
  ) as [ReturnType<typeof encodeExamples>, ReturnType<typeof encodeExamples>];
  const { batchSize, hidden } = fineTuning;
  const validationBatches = labelledBatches(heldOutTexts, tokenizer, { batchSize: 50, seed: 'validation' });
  const task = {
    ...{ tokenizer, texts, heldOutTexts, head: sequenceClassification({ labels }) },
    title: `Classification of ${labels.length} classes`,
    unit: 'nats per text',
    batches: () => labelledBatches(texts, tokenizer, { batchSize, seed: options.seed, hidden }),
    validation: firstBatches(validationBatches, { batches: 20, of: heldOutTexts.length / 50 }),
  };
  return trainEncoder(recipe, task, options);
}
