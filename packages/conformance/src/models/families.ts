import { Bert } from '@sequitur/bert';
import { Gpt, GptClassifier, MemoryTransformerXl, RecurrentMemoryGpt, TransformerXl } from '@sequitur/gpt';
import { Mamba, Mamba2 } from '@sequitur/mamba';
import { SequenceToSequence } from '@sequitur/transformer';
import { encoderUnderTest } from './bert.js';
import { classifierUnderTest, gptUnderTest } from './gpt.js';
import { stateSpaceUnderTest } from './mamba.js';
import { memoryTransformerXlUnderTest } from './memory-transformer-xl.js';
import type { ModelUnderTest, ModelWithOwnForm } from './model-under-test.js';
import { recurrentMemoryGptUnderTest } from './recurrent-memory-gpt.js';
import { encoderDecoderUnderTest } from './sequence-to-sequence.js';
import { transformerXlUnderTest } from './transformer-xl.js';

/** Every class of models that can be compared: the one list of this package. */
export const models = [
  ...[Gpt, GptClassifier, TransformerXl, MemoryTransformerXl, RecurrentMemoryGpt],
  ...[Bert, SequenceToSequence, Mamba, Mamba2],
] as const;

export type AnyModel = InstanceType<(typeof models)[number]>;

/** A model beside its Hugging Face class; null where the folder has a form that is not known. */
export async function underTest(model: AnyModel, folder: string): Promise<ModelUnderTest | ModelWithOwnForm | null> {
  if (model instanceof GptClassifier) return classifierUnderTest(model);
  if (model instanceof Gpt) return gptUnderTest(model);
  if (model instanceof Bert) return encoderUnderTest(model);
  if (model instanceof SequenceToSequence) return encoderDecoderUnderTest(model);
  if (model instanceof TransformerXl) return transformerXlUnderTest(model, folder);
  if (model instanceof MemoryTransformerXl) return memoryTransformerXlUnderTest(model, folder);
  if (model instanceof RecurrentMemoryGpt) return recurrentMemoryGptUnderTest(model, folder);
  return stateSpaceUnderTest(model);
}
