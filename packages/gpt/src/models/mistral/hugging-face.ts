import { anInteger, defined } from '@sequitur/pretrained';
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
  // Null disables the window; the default is 4096.
  readMore: (json) =>
    defined({ window: json.has('sliding_window') ? json.maybe('sliding_window', anInteger()) : 4096 }) as MistralConfig,
  writeMore: ({ window }) => ({ sliding_window: window ?? null }),
  build: (config) => buildMistral(config),
});
