import { type Architecture, type Cost, memoryCapacity } from '@sequitur/core';
import { Gpt } from '../gpt.js';
import { type Gpt2Config, gpt2Presets } from './config.js';

/** GPT-2 as a value, for lists that compare architectures. */
export const gpt2: Architecture<Gpt2Config, 'causal'> = {
  name: 'gpt2',
  kind: 'causal',
  presets: gpt2Presets,
  create: (config) => new Gpt(config),
  cost: gpt2Cost,
};

/** Counts products only: the rest is a small share that falls with the width. */
function gpt2Cost(config: Gpt2Config, length: number): Cost {
  const { vocabularySize, contextLength, width, depth, hiddenWidth = 4 * width, tied = true } = config;
  const attention = 4 * (width * width + width);
  const feedForward = 2 * width * hiddenWidth + hiddenWidth + width;
  const block = attention + feedForward + 4 * width;
  const head = tied ? 0 : vocabularySize * width;
  const perToken = depth * (4 * width * width + 2 * width * hiddenWidth) + vocabularySize * width;
  const scoresAndMixing = depth * 2 * width * ((length * (length + 1)) / 2); // query i sees i + 1 keys
  return {
    parameters: (vocabularySize + contextLength) * width + depth * block + 2 * width + head,
    flops: 2 * (length * perToken + scoresAndMixing),
    stateBytes: depth * 2 * memoryCapacity(length) * width * 4,
  };
}
