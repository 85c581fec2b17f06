import { type Json, SequiturError } from '@sequitur/core';
import {
  type AttributePart,
  anInteger,
  aPositive,
  attribute,
  blocksInTurn,
  type ConfigReader,
  linearRules,
  oneOf,
  rule,
  sameRules,
  sideBySideRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily } from '../llama/llama-like-family.js';
import { gatedNames } from '../llama/rules.js';
import { writeRotaryScaling } from '../rotary-attributes.js';
import { buildDeepSeek } from './build.js';
import { type DeepSeekConfig, deepSeekPresets } from './config.js';

const shared = { presets: deepSeekPresets, build: buildDeepSeek, rules };

/** DeepSeek-V2 (DeepSeek-AI 2024): a softmax router, groups by their best expert. */
export const deepSeekV2Family = llamaLikeFamily<DeepSeekConfig>({
  ...shared,
  modelType: 'deepseek_v2',
  name: 'DeepseekV2',
  defaults: {
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
  },
  attributes: [
    attribute.fixed({ mlp_bias: false, norm_topk_prob: false }, { written: false }),
    ...deepSeek({ experts: 64, expertWidth: 1407, sharedExperts: 2, firstSparseLayer: 0, activeExperts: 6, scale: 1 }),
    {
      ...{ scoring: attribute.settled('softmax'), normalised: attribute.settled(false) },
      interleaved: attribute.settled(true),
      groups: {
        read: readBestGroups,
        write: (groups) => ({
          topk_method: groups ? 'group_limited_greedy' : 'greedy',
          n_group: groups?.count ?? null,
          topk_group: groups?.active ?? null,
        }),
      },
    },
  ],
});

/** DeepSeek-V3 and R1 (DeepSeek-AI 2024): a sigmoid router with a bias of the choice, groups by their two best. */
export const deepSeekV3Family = llamaLikeFamily<DeepSeekConfig>({
  ...shared,
  modelType: 'deepseek_v3',
  name: 'DeepseekV3',
  defaults: {
    ...{ vocabularySize: 129280, width: 7168, hiddenWidth: 18432, depth: 61, heads: 128, contextLength: 4096 },
  },
  attributes: [
    attribute.fixed({ topk_method: 'noaux_tc', scoring_func: 'sigmoid' }, { written: false }),
    ...deepSeek({
      ...{ experts: 256, expertWidth: 2048, sharedExperts: 1, firstSparseLayer: 3, activeExperts: 8, scale: 2.5 },
    }),
    {
      scoring: attribute.settled('sigmoid'),
      groups: {
        read: (json) => ({
          ...{ count: json.take('n_group', anInteger(), 8), active: json.take('topk_group', anInteger(), 4) },
          by: 'twoBest',
        }),
        write: (groups) => ({ n_group: groups?.count ?? 1, topk_group: groups?.active ?? 1 }),
      },
      normalised: attribute.flag('norm_topk_prob', true),
      interleaved: attribute.flag('rope_interleave', true),
    },
  ],
});

interface DeepSeekDefaults
  extends Pick<DeepSeekConfig, 'experts' | 'activeExperts' | 'expertWidth' | 'sharedExperts' | 'firstSparseLayer'> {
  readonly scale: number;
}

/** The attributes of both: latent attention and experts. */
function deepSeek(defaults: DeepSeekDefaults): AttributePart<DeepSeekConfig>[] {
  return [
    {
      // Latent attention has as many keys as queries, regardless of num_key_value_heads.
      keyHeads: {
        read: (_json, { keyHeads }) => keyHeads as number,
        write: (_value, { heads }) => ({ num_key_value_heads: heads }),
      },
      latentSize: attribute.integer('kv_lora_rank', 512),
      queryLatentSize: attribute.nullable('q_lora_rank', anInteger(), 1536),
      plainSize: attribute.integer('qk_nope_head_dim', 128),
      headSize: attribute.integer('qk_rope_head_dim', 64),
      valueSize: attribute.integer('v_head_dim', 128),
      attentionBias: attribute.flag('attention_bias', false),
      sharpening: {
        read: (json) => json.maybe('rope_scaling', readSharpening),
        write: (sharpening, { rotaryScaling }) => ({
          ...(sharpening && { rope_scaling: { ...writeRotaryScaling(rotaryScaling), mscale_all_dim: sharpening } }),
        }),
      },
    },
    attribute.fixed({ moe_layer_freq: 1 }, { written: false }),
    {
      experts: attribute.count('n_routed_experts', defaults.experts),
      activeExperts: attribute.count('num_experts_per_tok', defaults.activeExperts),
      expertWidth: attribute.integer('moe_intermediate_size', defaults.expertWidth),
      sharedExperts: {
        ...attribute.natural('n_shared_experts'),
        read: (json) => readSharedExperts(json, defaults.sharedExperts),
      },
      firstSparseLayer: attribute.natural('first_k_dense_replace', defaults.firstSparseLayer),
      routingScale: attribute.positive('routed_scaling_factor', defaults.scale),
    },
  ];
}

/** The number of shared experts; null means none, regardless of the default of the class. */
function readSharedExperts(json: ConfigReader, absent: number): number {
  return json.take('n_shared_experts', anInteger(0), json.has('n_shared_experts') ? 0 : absent);
}

function readSharpening(value: Json, where: string): number | undefined {
  const { mscale_all_dim: sharpening } = value as Record<string, Json>;
  return sharpening ? aPositive(sharpening, `${where}, mscale_all_dim`) : undefined;
}

function readBestGroups(json: ConfigReader): DeepSeekConfig['groups'] {
  const method = json.take('topk_method', oneOf(['greedy', 'group_limited_greedy']), 'greedy');
  const [count, active] = ['n_group', 'topk_group'].map((name) => json.maybe(name, anInteger()));
  if (method === 'greedy') return undefined;
  if (count !== undefined && active !== undefined) return { count, active, by: 'best' };
  const expected = 'n_group and topk_group, since topk_method is group_limited_greedy';
  throw new SequiturError({ where: json.where, expected, got: 'none' });
}

function rules({ queryLatentSize }: DeepSeekConfig, layer: string, block: string): WeightRule[] {
  const [theirs, ours, experts] = [`${layer}.self_attn`, `${block}.mixer`, `${block}.feedForward`];
  return [
    ...linearRules(theirs, ours, { [queryLatentSize ? 'q_b_proj' : 'q_proj']: 'query', q_a_proj: 'queryLatent' }),
    ...sameRules(theirs, ours, { q_a_layernorm: 'queryNorm', kv_a_layernorm: 'latentNorm' }),
    ...sideBySideRules(`${theirs}.kv_a_proj_with_mqa`, [`${ours}.latent`, `${ours}.rotaryKey`]),
    rule(`${theirs}.kv_b_proj.weight`, [`${ours}.keyUp`, `${ours}.valueUp`], blocksInTurn),
    rule(`${layer}.mlp.gate.e_score_correction_bias`, `${experts}.router.choiceBias`),
    ...expertRules(`${layer}.mlp`, experts),
    ...linearRules(`${layer}.mlp.shared_experts`, `${experts}.shared`, gatedNames),
  ];
}
