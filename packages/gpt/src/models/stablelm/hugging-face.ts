import { aBoolean, aShare, rule } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
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
  readMore: (json) => ({
    attentionBias: json.take('use_qkv_bias', aBoolean, false),
    queryKeyNorm: json.take('qk_layernorm', aBoolean, false),
    parallel: json.take('use_parallel_residual', aBoolean, false),
    hiddenDropout: json.take('hidden_dropout', aShare, 0),
  }),
  writeMore: (config) => ({
    use_qkv_bias: config.attentionBias ?? false,
    qk_layernorm: config.queryKeyNorm ?? false,
    use_parallel_residual: config.parallel ?? false,
    hidden_dropout: config.hiddenDropout ?? 0,
  }),
  build: buildStableLm,
  rules: ({ parallel = false }, prefix) => {
    const [theirs, ours] = [`${prefix}layers.{i}.self_attn`, 'blocks.{i}.mixer'];
    return [
      rule(`${theirs}.q_layernorm.norms.{i}.weight`, `${ours}.queryNorm.heads.{i}.weight`),
      rule(`${theirs}.k_layernorm.norms.{i}.weight`, `${ours}.keyNorm.heads.{i}.weight`),
      ...llamaRules(prefix, parallel ? { norms: { input_layernorm: 'norm' } } : {}),
    ];
  },
});
