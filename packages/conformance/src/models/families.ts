import { encoderFamilies } from './bert.js';
import { gptUnderTest } from './gpt.js';
import { mambaFamily } from './mamba.js';
import { mamba2Family } from './mamba2.js';
import { memoryTransformerXlFamily } from './memory-transformer-xl.js';
import type { ModelFamily } from './model-under-test.js';
import { recurrentMemoryGptFamily } from './recurrent-memory-gpt.js';
import { sequenceToSequenceUnderTest } from './sequence-to-sequence.js';
import { transformerXlFamily } from './transformer-xl.js';

/** Every architecture that can be compared: the one list of this package. */
export const families: readonly ModelFamily[] = [
  ...gptUnderTest,
  ...encoderFamilies,
  ...sequenceToSequenceUnderTest,
  memoryTransformerXlFamily,
  recurrentMemoryGptFamily,
  transformerXlFamily,
  mambaFamily,
  mamba2Family,
];
