import { activationNames } from '@sequitur/core';
import { aBoolean, anInteger, oneOf } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildGemma } from './build.js';
import { type GemmaConfig, gemmaPresets } from './config.js';

const HEAD_SIZE = 256;

/** Gemma (Gemma Team 2024). */
export const gemmaFamily = llamaLikeFamily<GemmaConfig>({
  modelType: 'gemma',
  name: 'Gemma',
  presets: gemmaPresets,
  defaults: {
    tokens: { startToken: 2, endToken: 1, paddingToken: 0 },
    ...{ vocabularySize: 256000, width: 3072, hiddenWidth: 24576, depth: 28, heads: 16, keyHeads: 16 },
    ...{ headSize: HEAD_SIZE, contextLength: 8192, tied: true },
  },
  readMore: (json) => ({
    headSize: json.take('head_dim', anInteger(), HEAD_SIZE),
    // The class of transformers 4.44 looks at `hidden_activation` alone; newer ones have dropped it and take `hidden_act`.
    activation: json.take(
      json.has('hidden_activation') ? 'hidden_activation' : 'hidden_act',
      oneOf(activationNames),
      'gelu_pytorch_tanh',
    ),
    attentionBias: json.take('attention_bias', aBoolean, false),
  }),
  writeMore: ({ activation = 'gelu_pytorch_tanh', attentionBias = false }) => ({
    hidden_act: activation,
    hidden_activation: activation,
    attention_bias: attentionBias,
  }),
  build: buildGemma,
});
