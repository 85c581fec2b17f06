import { aBoolean, anInteger, aShare, defined } from '@sequitur/pretrained';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
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
  readMore: (json) =>
    defined({
      window: json.maybe('sliding_window', anInteger()),
      bias: json.take('use_bias', aBoolean, true),
      embeddingDropout: json.take('embedding_dropout', aShare, 0),
      residualDropout: json.take('residual_dropout', aShare, 0),
    }) as Starcoder2Config,
  writeMore: (config) => ({
    sliding_window: config.window ?? null,
    use_bias: config.bias ?? true,
    embedding_dropout: config.embeddingDropout ?? 0,
    residual_dropout: config.residualDropout ?? 0,
  }),
  build: buildStarcoder2,
  rules: (_config, prefix) => llamaRules(prefix, { feedForward: { c_fc: 'up', c_proj: 'down' } }),
});
