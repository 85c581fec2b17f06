import { anInteger, attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildMistral } from './build.js';
import { type MistralConfig, mistralPresets } from './config.js';

/** Mistral (Jiang et al. 2023). */
export const mistralFamily = llamaLikeFamily<MistralConfig>({
  modelType: 'mistral',
  name: 'Mistral',
  presets: mistralPresets,
  defaults: {
    tokens: { startToken: 1, endToken: 2 },
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
    contextLength: 131072,
  },
  attributes: [{ window: attribute.nullable('sliding_window', anInteger(), 4096) }],
  build: (config) => buildMistral(config),
});
