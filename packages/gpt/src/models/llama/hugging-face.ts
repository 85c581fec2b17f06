import { aBoolean } from '@sequitur/pretrained';
import { buildLlama } from './build.js';
import { type BiasedLlamaConfig, llamaPresets } from './config.js';
import { llamaLikeFamily } from './llama-like-family.js';

/** Llama (Touvron et al. 2023), Llama 2 and 3. */
export const llamaFamily = llamaLikeFamily<BiasedLlamaConfig>({
  modelType: 'llama',
  name: 'Llama',
  presets: llamaPresets,
  defaults: {
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
    tokens: { startToken: 1, endToken: 2 },
  },
  readMore: (json) => ({
    attentionBias: json.take('attention_bias', aBoolean, false),
    feedForwardBias: json.take('mlp_bias', aBoolean, false),
  }),
  writeMore: ({ attentionBias = false, feedForwardBias = false }) => ({
    attention_bias: attentionBias,
    mlp_bias: feedForwardBias,
  }),
  build: buildLlama,
});
