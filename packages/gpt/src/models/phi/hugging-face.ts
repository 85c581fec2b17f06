import { attribute } from '@sequitur/pretrained';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
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
  attributes: [
    {
      queryKeyNorm: attribute.flag('qk_layernorm', false),
      embeddingDropout: attribute.dropout('embd_pdrop'),
      residualDropout: attribute.dropout('resid_pdrop'),
    },
  ],
  names: {
    norms: { input_layernorm: 'norm' },
    attention: { dense: 'output' },
    attentionNorms: { q_layernorm: 'queryNorm', k_layernorm: 'keyNorm' },
    feedForward: { fc1: 'up', fc2: 'down' },
    norm: 'final_layernorm',
  },
  build: buildPhi,
});
