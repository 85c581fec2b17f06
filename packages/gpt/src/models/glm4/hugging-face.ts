import { attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildGlm, buildGlm4 } from './build.js';
import { type GlmConfig, glm4Presets } from './config.js';

const shared = {
  presets: glm4Presets,
  defaults: {
    tokens: { endToken: [151329, 151336, 151338], paddingToken: 151329 },
    ...{ vocabularySize: 151552, width: 4096, hiddenWidth: 13696, depth: 40, heads: 32, keyHeads: 2, headSize: 128 },
    ...{ contextLength: 131072, normEpsilon: 1.5625e-7, partialRotaryFactor: 0.5 },
  },
  attributes: [{ attentionBias: attribute.flag('attention_bias', true) }],
};

/** GLM-4 (GLM Team 2024). */
export const glmFamily = llamaLikeFamily<GlmConfig>({
  ...shared,
  modelType: 'glm',
  name: 'Glm',
  names: { fusedGate: true },
  build: (config) => buildGlm(config),
});

/** GLM-4-0414 (2025). */
export const glm4Family = llamaLikeFamily<GlmConfig>({
  ...shared,
  modelType: 'glm4',
  name: 'Glm4',
  names: {
    fusedGate: true,
    norms: {
      ...{ input_layernorm: 'mixerNorm', post_self_attn_layernorm: 'mixerOutputNorm' },
      ...{ post_attention_layernorm: 'feedForwardNorm', post_mlp_layernorm: 'feedForwardOutputNorm' },
    },
  },
  build: buildGlm4,
});
