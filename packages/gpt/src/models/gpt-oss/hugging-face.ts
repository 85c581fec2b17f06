import { attribute, interleavedColumns, linearRules, rule, same, stackedOf } from '@sequitur/pretrained';
import { balance } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { windowedLayers } from '../windowed-layers.js';
import { buildGptOss } from './build.js';
import { type GptOssConfig, gptOssPresets, gptOssScaling } from './config.js';

/** GPT-OSS (OpenAI 2025). */
export const gptOssFamily = llamaLikeFamily<GptOssConfig>({
  modelType: 'gpt_oss',
  name: 'GptOss',
  presets: gptOssPresets,
  aliases: { num_experts: 'num_local_experts' },
  defaults: {
    ...{ vocabularySize: 201088, width: 2880, hiddenWidth: 2880, depth: 36, heads: 64, keyHeads: 8, headSize: 64 },
    ...{ contextLength: 131072, normEpsilon: 1e-5, rotaryBase: 150000 },
  },
  attributes: [
    attribute.fixed({ swiglu_limit: 7 }, { written: false }),
    {
      attentionBias: attribute.flag('attention_bias', true),
      experts: attribute.count('num_local_experts', 128),
      activeExperts: attribute.count('num_experts_per_tok', 4),
      // The class scales by default; null switches it off.
      rotaryScaling: {
        read: (json, { rotaryScaling }) =>
          json.has('rope_scaling') || json.has('rope_parameters') ? rotaryScaling : gptOssScaling,
        write: (scaling) => (scaling ? {} : { rope_scaling: null }),
      },
    },
    balance(0.9),
    windowedLayers({ window: 128, layers: () => (layer) => layer % 2 === 0 }),
  ],
  rules: (_config, layer, block) => {
    const [theirs, ours] = [`${layer}.mlp.experts`, `${block}.feedForward.experts`];
    const both = (name: string) => ['gate', 'up'].map((part) => `${ours}.${part}.${name}`);
    return [
      rule(`${layer}.self_attn.sinks`, `${block}.mixer.sinks`),
      ...linearRules(`${layer}.mlp.router`, `${block}.feedForward.router.projection`),
      rule(`${theirs}.gate_up_proj`, both('weight'), stackedOf(interleavedColumns)),
      rule(`${theirs}.gate_up_proj_bias`, both('bias'), stackedOf(interleavedColumns)),
      rule(`${theirs}.down_proj`, `${ours}.down.weight`, same),
      rule(`${theirs}.down_proj_bias`, `${ours}.down.bias`, same),
    ];
  },
  build: buildGptOss,
});
