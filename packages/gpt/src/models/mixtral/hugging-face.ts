import { anInteger, attribute } from '@sequitur/pretrained';
import { balance, expertRules } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { buildMixtral } from './build.js';
import { type MixtralConfig, mixtralPresets } from './config.js';

/** Mixtral (Jiang et al. 2024). */
export const mixtralFamily = llamaLikeFamily<MixtralConfig>({
  modelType: 'mixtral',
  name: 'Mixtral',
  presets: mixtralPresets,
  aliases: { num_experts: 'num_local_experts' },
  defaults: {
    tokens: { startToken: 1, endToken: 2 },
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 14336, depth: 32, heads: 32, keyHeads: 8 },
    ...{ contextLength: 131072, normEpsilon: 1e-5, rotaryBase: 1000000 },
  },
  attributes: [
    {
      window: attribute.nullable('sliding_window', anInteger()),
      experts: attribute.count('num_local_experts', 8),
      activeExperts: attribute.count('num_experts_per_tok', 2),
    },
    attribute.fixed({ router_jitter_noise: 0 }),
    balance(),
  ],
  rules: (_config, layer, block) =>
    expertRules(`${layer}.block_sparse_moe`, `${block}.feedForward`, { w1: 'gate', w3: 'up', w2: 'down' }),
  build: buildMixtral,
});
