import { activationNames } from '@sequitur/core';
import { attribute, oneOf } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildGemma } from './build.js';
import { type GemmaConfig, gemmaPresets } from './config.js';

/** Gemma (Gemma Team 2024). */
export const gemmaFamily = llamaLikeFamily<GemmaConfig>({
  modelType: 'gemma',
  name: 'Gemma',
  presets: gemmaPresets,
  defaults: {
    tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
    ...{ vocabularySize: 256000, width: 3072, hiddenWidth: 24576, depth: 28, heads: 16, keyHeads: 16 },
    ...{ headSize: 256, contextLength: 8192, tied: true },
  },
  attributes: [
    {
      // The class of transformers 4.44 looks at `hidden_activation` alone; newer ones have dropped it and take `hidden_act`.
      activation: {
        read: (json) => {
          const name = json.has('hidden_activation') ? 'hidden_activation' : 'hidden_act';
          return json.take(name, oneOf(activationNames), 'gelu_pytorch_tanh');
        },
        write: (activation = 'gelu_pytorch_tanh') => ({ hidden_act: activation, hidden_activation: activation }),
      },
      attentionBias: attribute.flag('attention_bias', false),
    },
  ],
  build: buildGemma,
});
