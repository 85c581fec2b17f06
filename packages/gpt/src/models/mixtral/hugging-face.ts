import { aCount, anInteger, defined, only } from '@sequitur/pretrained';
import { expertRules, readBalance, writeBalance } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
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
  readMore: (json) => {
    json.take('router_jitter_noise', only(0), 0);
    return defined({
      window: json.maybe('sliding_window', anInteger()),
      experts: json.take('num_local_experts', aCount, 8),
      activeExperts: json.take('num_experts_per_tok', aCount, 2),
      ...readBalance(json),
    }) as MixtralConfig;
  },
  writeMore: (config) => ({
    sliding_window: config.window ?? null,
    num_local_experts: config.experts,
    num_experts_per_tok: config.activeExperts,
    router_jitter_noise: 0,
    ...writeBalance(config),
  }),
  build: buildMixtral,
  rules: (_config, prefix) => [
    ...expertRules(`${prefix}layers.{i}.block_sparse_moe`, 'blocks.{i}.feedForward', {
      ...({ w1: 'gate', w3: 'up', w2: 'down' } as const),
    }),
    ...llamaRules(prefix),
  ],
});
