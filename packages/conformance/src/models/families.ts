import { Bert } from '@sequitur/bert';
import { Gpt, GptClassifier, MemoryTransformerXl, RecurrentMemoryGpt, TransformerXl } from '@sequitur/gpt';
import { Mamba, Mamba2 } from '@sequitur/mamba';
import { SequenceEncoder, SequenceToSequence, SequenceToSequenceClassifier } from '@sequitur/transformer';
import { encoderUnderTest } from './bert.js';
import { classifierUnderTest, gptUnderTest } from './gpt.js';
import { stateSpaceUnderTest } from './mamba.js';
import { memoryTransformerXlUnderTest } from './memory-transformer-xl.js';
import type { ModelUnderTest, ModelWithOwnFormat } from './model-under-test.js';
import { recurrentMemoryGptUnderTest } from './recurrent-memory-gpt.js';
import { sequenceClassifierUnderTest, sequenceEncoderUnderTest } from './sequence-classifier.js';
import { encoderDecoderUnderTest } from './sequence-to-sequence.js';
import { transformerXlUnderTest } from './transformer-xl.js';

/** Every model class that can be compared: the only list in this package. */
export const models = [
  ...[Gpt, GptClassifier, TransformerXl, MemoryTransformerXl, RecurrentMemoryGpt],
  ...[Bert, SequenceToSequence, SequenceToSequenceClassifier, SequenceEncoder, Mamba, Mamba2],
] as const;

export type AnyModel = InstanceType<(typeof models)[number]>;

/** Adapter of a model to its Hugging Face class; null if the folder's inputs have an unknown format. */
export async function underTest(model: AnyModel, folder: string): Promise<ModelUnderTest | ModelWithOwnFormat | null> {
  if (model instanceof GptClassifier) return classifierUnderTest(model);
  if (model instanceof Gpt) return gptUnderTest(model);
  if (model instanceof Bert) return encoderUnderTest(model);
  if (model instanceof SequenceToSequence) return encoderDecoderUnderTest(model);
  if (model instanceof SequenceToSequenceClassifier) return sequenceClassifierUnderTest(model);
  if (model instanceof SequenceEncoder) return sequenceEncoderUnderTest(model);
  if (model instanceof TransformerXl) return transformerXlUnderTest(model, folder);
  if (model instanceof MemoryTransformerXl) return memoryTransformerXlUnderTest(model, folder);
  if (model instanceof RecurrentMemoryGpt) return recurrentMemoryGptUnderTest(model, folder);
  return stateSpaceUnderTest(model);
}
