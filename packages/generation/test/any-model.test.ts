import { type CausalModel, openBackend } from '@sequitur/core';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type GenerateOptions, generateSequences } from '../src/index.js';
import { Bigram } from './bigram.js';

const prompts = [[1, 2, 3, 4, 5], [6], [7, 8, 0]];

/** All generation strategies. */
const strategies: Readonly<Record<string, (draft: CausalModel) => GenerateOptions>> = {
  greedy: () => ({}),
  sampling: () => ({ temperature: 0.9, topK: 6, topP: 0.95, seed: 4, sequences: 2 }),
  beams: () => ({ beamSearch: { beams: 4 }, sequences: 2, endTokens: [3] }),
  'diverse beams': () => ({ beamSearch: { beams: 4, groups: 2, diversityPenalty: 0.7 }, endTokens: [3] }),
  'sampled beams': () => ({ beamSearch: { beams: 3 }, temperature: 1.1, endTokens: [3] }),
  contrastive: () => ({ contrastive: { candidates: 4, penalty: 0.6 } }),
  'prompt lookup': () => ({ speculation: {} }),
  'draft model': (draft) => ({ speculation: { draft, tokens: 3 } }),
};

for (const [title, options] of Object.entries(strategies)) {
  it(`generates with any causal model and frees its states: ${title}`, async () => {
    await openBackend('cpu');
    const model = new Bigram(9, 3);
    const draft = new Bigram(9, 4);
    const before = memory().numTensors;
    const sequences = await generateSequences(model, prompts, { ...options(draft), maxTokens: 6 });
    expect(sequences).toHaveLength(prompts.length);
    expect(sequences.flat().every(({ tokens }) => tokens.length > 0)).toBe(true);
    expect(memory().numTensors).toBe(before);
  });
}
