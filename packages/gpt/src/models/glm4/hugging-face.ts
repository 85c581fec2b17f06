import { aBoolean } from '@sequitur/pretrained';
import { fusedGateRules } from '../fused-rules.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { buildGlm, buildGlm4 } from './build.js';
import { type GlmConfig, glm4Presets } from './config.js';

const shared = {
  presets: glm4Presets,
  defaults: {
    tokens: { endToken: [151329, 151336, 151338], paddingToken: 151329 },
    ...{ vocabularySize: 151552, width: 4096, hiddenWidth: 13696, depth: 40, heads: 32, keyHeads: 2, headSize: 128 },
    ...{ contextLength: 131072, normEpsilon: 1.5625e-7, partialRotaryFactor: 0.5 },
  },
  readMore: (json: Parameters<Parameters<typeof llamaLikeFamily>[0]['readMore']>[0]) => ({
    attentionBias: json.take('attention_bias', aBoolean, true),
  }),
  writeMore: ({ attentionBias = true }: GlmConfig) => ({ attention_bias: attentionBias }),
};

/** GLM-4 (GLM Team 2024). */
export const glmFamily = llamaLikeFamily<GlmConfig>({
  ...shared,
  modelType: 'glm',
  name: 'Glm',
  build: (config) => buildGlm(config),
  rules: (_config, prefix) => [...fusedGateRules(prefix), ...llamaRules(prefix)],
});

/** GLM-4-0414 (2025). */
export const glm4Family = llamaLikeFamily<GlmConfig>({
  ...shared,
  modelType: 'glm4',
  name: 'Glm4',
  build: buildGlm4,
  rules: (_config, prefix) => [
    ...fusedGateRules(prefix),
    ...llamaRules(prefix, {
      norms: {
        input_layernorm: 'mixerNorm',
        post_self_attn_layernorm: 'mixerOutputNorm',
        post_attention_layernorm: 'feedForwardNorm',
        post_mlp_layernorm: 'feedForwardOutputNorm',
      },
    }),
  ],
});
