import { attribute, linearRules } from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { gatedNames } from '../llama/rules.js';
import { qwenExperts } from './attributes.js';
import { buildQwen2Moe } from './build.js';
import { type Qwen2MoeConfig, qwen2MoePresets } from './config.js';

/** Qwen1.5-MoE and Qwen2-MoE (Yang et al. 2024). */
export const qwen2MoeFamily = llamaLikeFamily<Qwen2MoeConfig>({
  modelType: 'qwen2_moe',
  name: 'Qwen2Moe',
  presets: qwen2MoePresets,
  defaults: {
    ...{ vocabularySize: 151936, width: 2048, hiddenWidth: 5632, depth: 24, heads: 16, keyHeads: 16 },
    contextLength: 32768,
  },
  attributes: [
    ...qwenExperts({ experts: 60, activeExperts: 4, expertWidth: 1408 }),
    {
      sharedWidth: attribute.integer('shared_expert_intermediate_size', 5632),
      inputBias: attribute.flag('qkv_bias', true),
    },
  ],
  rules: (_config, layer, block) => [
    ...expertRules(`${layer}.mlp`, `${block}.feedForward`),
    ...linearRules(`${layer}.mlp.shared_expert`, `${block}.feedForward.shared`, gatedNames),
    ...linearRules(`${layer}.mlp.shared_expert_gate`, `${block}.feedForward.sharedGate`),
  ],
  build: buildQwen2Moe,
});
