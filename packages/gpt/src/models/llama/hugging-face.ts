import { attribute } from '@sequitur/pretrained';
import { buildLlama } from './build.js';
import { type BiasedLlamaConfig, llamaPresets } from './config.js';
import { llamaLikeFamily } from './llama-like-family.js';

/** Biases of attention and of the feed-forward layers. */
export const biases = {
  attentionBias: attribute.flag('attention_bias', false),
  feedForwardBias: attribute.flag('mlp_bias', false),
};

/** Llama (Touvron et al. 2023), Llama 2 and 3. */
export const llamaFamily = llamaLikeFamily<BiasedLlamaConfig>({
  modelType: 'llama',
  name: 'Llama',
  presets: llamaPresets,
  defaults: {
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
    tokens: { startToken: 1, endToken: 2 },
  },
  attributes: [biases],
  build: buildLlama,
});
