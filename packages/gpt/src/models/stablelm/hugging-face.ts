import { attribute, rule } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildStableLm } from './build.js';
import { type StableLmConfig, stableLmPresets } from './config.js';

/** StableLM 2 (Bellagente et al. 2024). */
export const stableLmFamily = llamaLikeFamily<StableLmConfig>({
  modelType: 'stablelm',
  name: 'StableLm',
  presets: stableLmPresets,
  defaults: {
    tokens: { startToken: 0, endToken: 0 },
    ...{ vocabularySize: 50304, width: 2560, hiddenWidth: 6912, depth: 32, heads: 32, contextLength: 4096 },
    ...{ normEpsilon: 1e-5, partialRotaryFactor: 0.25, names: { epsilon: 'layer_norm_eps' } },
  },
  attributes: [
    {
      attentionBias: attribute.flag('use_qkv_bias', false),
      queryKeyNorm: attribute.flag('qk_layernorm', false),
      parallel: attribute.flag('use_parallel_residual', false),
      hiddenDropout: attribute.dropout('hidden_dropout'),
    },
  ],
  names: ({ parallel = false }) => (parallel ? { norms: { input_layernorm: 'norm' } } : {}),
  rules: (_config, layer, block) => [
    rule(`${layer}.self_attn.q_layernorm.norms.{i}.weight`, `${block}.mixer.queryNorm.heads.{i}.weight`),
    rule(`${layer}.self_attn.k_layernorm.norms.{i}.weight`, `${block}.mixer.keyNorm.heads.{i}.weight`),
  ],
  build: buildStableLm,
});
