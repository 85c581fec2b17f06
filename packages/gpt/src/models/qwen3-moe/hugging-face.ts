import { attribute } from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { qwenExperts } from '../qwen2-moe/attributes.js';
import { buildQwen3Moe } from './build.js';
import { type Qwen3MoeConfig, qwen3MoePresets } from './config.js';

/** Qwen3-MoE (Yang et al. 2025). */
export const qwen3MoeFamily = llamaLikeFamily<Qwen3MoeConfig>({
  modelType: 'qwen3_moe',
  name: 'Qwen3Moe',
  presets: qwen3MoePresets,
  aliases: { num_local_experts: 'num_experts' },
  defaults: {
    ...{ vocabularySize: 151936, width: 2048, hiddenWidth: 6144, depth: 24, heads: 32, keyHeads: 4 },
    contextLength: 32768,
  },
  attributes: [
    { attentionBias: attribute.flag('attention_bias', false) },
    ...qwenExperts({ experts: 128, activeExperts: 8, expertWidth: 768 }),
  ],
  rules: (_config, layer, block) => expertRules(`${layer}.mlp`, `${block}.feedForward`),
  build: buildQwen3Moe,
});
