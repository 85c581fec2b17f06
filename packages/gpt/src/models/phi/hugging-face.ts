import { aBoolean, aShare, sameRules } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { buildPhi } from './build.js';
import { type PhiConfig, phiPresets } from './config.js';

/** Phi-1, 1.5 and 2 (Li et al. 2023). */
export const phiFamily = llamaLikeFamily<PhiConfig>({
  modelType: 'phi',
  name: 'Phi',
  presets: phiPresets,
  defaults: {
    tokens: { startToken: 1, endToken: 2 },
    ...{ vocabularySize: 51200, width: 2048, hiddenWidth: 8192, depth: 24, heads: 32, contextLength: 2048 },
    ...{ activation: 'gelu_new', normEpsilon: 1e-5, partialRotaryFactor: 0.5, names: { epsilon: 'layer_norm_eps' } },
  },
  readMore: (json) => ({
    queryKeyNorm: json.take('qk_layernorm', aBoolean, false),
    embeddingDropout: json.take('embd_pdrop', aShare, 0),
    residualDropout: json.take('resid_pdrop', aShare, 0),
  }),
  writeMore: (config) => ({
    qk_layernorm: config.queryKeyNorm ?? false,
    embd_pdrop: config.embeddingDropout ?? 0,
    resid_pdrop: config.residualDropout ?? 0,
  }),
  build: buildPhi,
  rules: (_config, prefix) => [
    ...sameRules(`${prefix}layers.{i}.self_attn.q_layernorm`, 'blocks.{i}.mixer.queryNorm'),
    ...sameRules(`${prefix}layers.{i}.self_attn.k_layernorm`, 'blocks.{i}.mixer.keyNorm'),
    ...llamaRules(prefix, {
      norms: { input_layernorm: 'norm' },
      attention: { dense: 'output' },
      feedForward: { fc1: 'up', fc2: 'down' },
      norm: 'final_layernorm',
    }),
  ],
});
