import {
  aBoolean,
  aCount,
  anything,
  interleavedColumns,
  linearRules,
  only,
  rule,
  same,
  stackedOf,
  type WeightRule,
} from '@sequitur/pretrained';
import { readBalance, writeBalance } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { readWindowedLayers, writeWindowedLayers } from '../windowed-layers.js';
import { buildGptOss } from './build.js';
import { type GptOssConfig, gptOssPresets, gptOssScaling } from './config.js';

const defaults = {
  ...{ vocabularySize: 201088, width: 2880, hiddenWidth: 2880, depth: 36, heads: 64, keyHeads: 8, headSize: 64 },
  ...{ contextLength: 131072, normEpsilon: 1e-5, rotaryBase: 150000 },
};

/** GPT-OSS (OpenAI 2025). */
export const gptOssFamily = llamaLikeFamily<GptOssConfig>({
  modelType: 'gpt_oss',
  name: 'GptOss',
  presets: gptOssPresets,
  aliases: { num_experts: 'num_local_experts' },
  defaults,
  readMore: (json) => {
    json.take('swiglu_limit', only(7), 7);
    for (const again of ['experts_per_token', 'initial_context_length']) json.maybe(again, anything);
    const depth = json.take('num_hidden_layers', aCount, defaults.depth);
    const scaled = json.has('rope_scaling') || json.has('rope_parameters');
    return {
      ...(!scaled && { rotaryScaling: gptOssScaling }),
      attentionBias: json.take('attention_bias', aBoolean, true),
      experts: json.take('num_local_experts', aCount, 128),
      activeExperts: json.take('num_experts_per_tok', aCount, 4),
      ...readBalance(json, 0.9),
      ...readWindowedLayers(json, { depth, window: 128, isWindowed: (layer) => layer % 2 === 0 }),
    };
  },
  writeMore: (config) => ({
    attention_bias: config.attentionBias ?? true,
    num_local_experts: config.experts,
    num_experts_per_tok: config.activeExperts,
    ...(!config.rotaryScaling && { rope_scaling: null }),
    ...writeBalance(config),
    ...writeWindowedLayers(config, config.depth),
  }),
  build: buildGptOss,
  rules,
});

function rules(_config: GptOssConfig, prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  const [theirs, ours] = [`${layer}.mlp.experts`, `${block}.feedForward.experts`];
  const both = (name: string) => ['gate', 'up'].map((part) => `${ours}.${part}.${name}`);
  return [
    rule(`${layer}.self_attn.sinks`, `${block}.mixer.sinks`),
    ...linearRules(`${layer}.mlp.router`, `${block}.feedForward.router.projection`),
    rule(`${theirs}.gate_up_proj`, both('weight'), stackedOf(interleavedColumns)),
    rule(`${theirs}.gate_up_proj_bias`, both('bias'), stackedOf(interleavedColumns)),
    rule(`${theirs}.down_proj`, `${ours}.down.weight`, same),
    rule(`${theirs}.down_proj_bias`, `${ours}.down.bias`, same),
    ...llamaRules(prefix),
  ];
}
