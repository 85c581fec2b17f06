import { anInteger, attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildStarcoder2 } from './build.js';
import { type Starcoder2Config, starcoder2Presets } from './config.js';

/** StarCoder 2 (Lozhkov et al. 2024). */
export const starcoder2Family = llamaLikeFamily<Starcoder2Config>({
  modelType: 'starcoder2',
  name: 'Starcoder2',
  presets: starcoder2Presets,
  defaults: {
    tokens: { startToken: 50256, endToken: 50256 },
    ...{ vocabularySize: 49152, width: 3072, hiddenWidth: 12288, depth: 30, heads: 24, keyHeads: 2 },
    ...{ contextLength: 4096, activation: 'gelu_pytorch_tanh', normEpsilon: 1e-5, tied: true },
    initializerRange: 0.018042,
    names: { epsilon: 'norm_epsilon' },
  },
  attributes: [
    {
      window: attribute.nullable('sliding_window', anInteger()),
      bias: attribute.flag('use_bias', true),
      embeddingDropout: attribute.dropout('embedding_dropout'),
      residualDropout: attribute.dropout('residual_dropout'),
    },
  ],
  names: { feedForward: { c_fc: 'up', c_proj: 'down' } },
  build: buildStarcoder2,
});
