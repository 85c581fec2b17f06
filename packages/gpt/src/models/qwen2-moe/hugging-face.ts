import { aBoolean, anInteger, linearRules, linearsRules } from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readQwenExperts, writeQwenExperts } from './attributes.js';
import { buildQwen2Moe } from './build.js';
import { type Qwen2MoeConfig, qwen2MoePresets } from './config.js';

const defaults = {
  ...{ vocabularySize: 151936, width: 2048, hiddenWidth: 5632, depth: 24, heads: 16, keyHeads: 16 },
  contextLength: 32768,
};

/** Qwen1.5-MoE and Qwen2-MoE (Yang et al. 2024). */
export const qwen2MoeFamily = llamaLikeFamily<Qwen2MoeConfig>({
  modelType: 'qwen2_moe',
  name: 'Qwen2Moe',
  presets: qwen2MoePresets,
  defaults,
  readMore: (json) => ({
    ...readQwenExperts(json, { depth: defaults.depth, experts: 60, activeExperts: 4, expertWidth: 1408 }),
    sharedWidth: json.take('shared_expert_intermediate_size', anInteger(), 5632),
    inputBias: json.take('qkv_bias', aBoolean, true),
  }),
  writeMore: (config) => ({
    ...writeQwenExperts(config),
    shared_expert_intermediate_size: config.sharedWidth,
    qkv_bias: config.inputBias ?? true,
  }),
  build: buildQwen2Moe,
  rules: (_config, prefix) => {
    const [layer, path] = [`${prefix}layers.{i}.mlp`, 'blocks.{i}.feedForward'];
    return [
      ...expertRules(layer, path),
      ...linearsRules(`${layer}.shared_expert`, `${path}.shared`, {
        ...{ gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
      }),
      ...linearRules(`${layer}.shared_expert_gate`, `${path}.sharedGate`),
      ...llamaRules(prefix),
    ];
  },
});
