import { aBoolean } from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readQwenExperts, writeQwenExperts } from '../qwen2-moe/attributes.js';
import { buildQwen3Moe } from './build.js';
import { type Qwen3MoeConfig, qwen3MoePresets } from './config.js';

const defaults = {
  ...{ vocabularySize: 151936, width: 2048, hiddenWidth: 6144, depth: 24, heads: 32, keyHeads: 4 },
  contextLength: 32768,
};

/** Qwen3-MoE (Yang et al. 2025). */
export const qwen3MoeFamily = llamaLikeFamily<Qwen3MoeConfig>({
  modelType: 'qwen3_moe',
  name: 'Qwen3Moe',
  presets: qwen3MoePresets,
  aliases: { num_local_experts: 'num_experts' },
  defaults,
  readMore: (json) =>
    ({
      attentionBias: json.take('attention_bias', aBoolean, false),
      ...readQwenExperts(json, { depth: defaults.depth, experts: 128, activeExperts: 8, expertWidth: 768 }),
    }) as unknown as Qwen3MoeConfig,
  writeMore: (config) => ({ attention_bias: config.attentionBias ?? false, ...writeQwenExperts(config) }),
  build: buildQwen3Moe,
  rules: (_config, prefix) => [
    ...expertRules(`${prefix}layers.{i}.mlp`, 'blocks.{i}.feedForward'),
    ...llamaRules(prefix),
  ],
});
