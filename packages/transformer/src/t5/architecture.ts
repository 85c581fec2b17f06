import type { Architecture, Cost } from '@sequitur/core';
import { costOfUse } from '../sequence-to-sequence/cost.js';
import { SequenceToSequence } from '../sequence-to-sequence/sequence-to-sequence.js';
import { type T5Config, t5Presets } from './config.js';
import { t5Family } from './hugging-face.js';

/** T5 as a value, for lists that compare architectures. */
export const t5: Architecture<T5Config, 'sequenceToSequence'> = {
  name: 't5',
  kind: 'sequenceToSequence',
  presets: t5Presets,
  create: (config) => new SequenceToSequence(config, t5Family),
  cost: t5Cost,
};

function t5Cost(config: T5Config, length: number): Cost {
  const { vocabularySize, width, heads, headSize, hiddenWidth, encoderDepth, decoderDepth } = config;
  const { gated = false, tied = true, buckets = 32 } = config;
  const inner = heads * headSize;
  const attention = 4 * width * inner;
  const feedForward = (gated ? 3 : 2) * width * hiddenWidth;
  const encoder = encoderDepth * (attention + feedForward + 2 * width) + width;
  const decoder = decoderDepth * (2 * attention + feedForward + 3 * width) + width;
  return {
    parameters: (tied ? 1 : 2) * vocabularySize * width + 2 * buckets * heads + encoder + decoder,
    ...costOfUse(new SequenceToSequence(config, t5Family), length),
  };
}
