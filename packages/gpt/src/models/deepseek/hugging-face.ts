import { type Json, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  anything,
  aPositive,
  blocksInTurn,
  type ConfigReader,
  defined,
  linearRules,
  linearsRules,
  oneOf,
  only,
  rule,
  sameRules,
  sideBySide,
  transposedSideBySide,
  type WeightRule,
} from '@sequitur/pretrained';
import { expertRules } from '../expert-layers.js';
import { llamaLikeFamily, llamaRules } from '../llama/llama-like-family.js';
import { writeRotaryScaling } from '../rotary-attributes.js';
import { buildDeepSeek } from './build.js';
import { type DeepSeekConfig, deepSeekPresets } from './config.js';

/** DeepSeek-V2 (DeepSeek-AI 2024): a softmax router, groups by their best expert. */
export const deepSeekV2Family = llamaLikeFamily<DeepSeekConfig>({
  modelType: 'deepseek_v2',
  name: 'DeepseekV2',
  presets: deepSeekPresets,
  defaults: {
    ...{ vocabularySize: 32000, width: 4096, hiddenWidth: 11008, depth: 32, heads: 32, contextLength: 2048 },
  },
  readMore: (json) => {
    json.take('mlp_bias', only(false), false);
    json.take('norm_topk_prob', only(false), false);
    for (const ofTraining of ['aux_loss_alpha', 'seq_aux']) json.maybe(ofTraining, anything);
    const method = json.take('topk_method', oneOf(['greedy', 'group_limited_greedy']), 'greedy');
    const [count, active] = ['n_group', 'topk_group'].map((name) => json.maybe(name, anInteger()));
    const grouped = method === 'greedy' ? undefined : { count: given(json, count), active: given(json, active) };
    return {
      ...readLatent(json),
      ...readExperts(json, { experts: 64, expertWidth: 1407, sharedExperts: 2, firstSparseLayer: 0, active: 6 }),
      ...{ scoring: 'softmax', normalised: false, interleaved: true },
      ...(grouped && { groups: { ...grouped, by: 'best' } }),
      routingScale: json.take('routed_scaling_factor', aPositive, 1),
    } as DeepSeekConfig;
  },
  writeMore: (config) => ({
    ...write(config),
    topk_method: config.groups ? 'group_limited_greedy' : 'greedy',
    n_group: config.groups?.count ?? null,
    topk_group: config.groups?.active ?? null,
  }),
  build: buildDeepSeek,
  rules: (config, prefix) => rules(config, prefix),
});

/** DeepSeek-V3 and R1 (DeepSeek-AI 2024): a sigmoid router with a bias of the choice, groups by their two best. */
export const deepSeekV3Family = llamaLikeFamily<DeepSeekConfig>({
  modelType: 'deepseek_v3',
  name: 'DeepseekV3',
  presets: deepSeekPresets,
  defaults: {
    ...{ vocabularySize: 129280, width: 7168, hiddenWidth: 18432, depth: 61, heads: 128, contextLength: 4096 },
  },
  readMore: (json) => {
    json.take('topk_method', only('noaux_tc'), 'noaux_tc');
    const groups = { count: json.take('n_group', anInteger(), 8), active: json.take('topk_group', anInteger(), 4) };
    return {
      ...readLatent(json),
      ...readExperts(json, { experts: 256, expertWidth: 2048, sharedExperts: 1, firstSparseLayer: 3, active: 8 }),
      scoring: json.take('scoring_func', only('sigmoid'), 'sigmoid'),
      interleaved: json.take('rope_interleave', aBoolean, true),
      groups: { ...groups, by: 'twoBest' },
      normalised: json.take('norm_topk_prob', aBoolean, true),
      routingScale: json.take('routed_scaling_factor', aPositive, 2.5),
    } as DeepSeekConfig;
  },
  writeMore: (config) => ({
    ...write(config),
    n_group: config.groups?.count ?? 1,
    topk_group: config.groups?.active ?? 1,
    norm_topk_prob: config.normalised,
    rope_interleave: config.interleaved ?? true,
  }),
  build: buildDeepSeek,
  rules: (config, prefix) => rules(config, prefix),
});

function readLatent(json: ConfigReader) {
  for (const repeated of ['head_dim', 'qk_head_dim', 'num_key_value_heads', 'ep_size']) json.maybe(repeated, anything);
  return defined({
    latentSize: json.take('kv_lora_rank', anInteger(), 512),
    queryLatentSize: json.has('q_lora_rank') ? json.maybe('q_lora_rank', anInteger()) : 1536,
    plainSize: json.take('qk_nope_head_dim', anInteger(), 128),
    headSize: json.take('qk_rope_head_dim', anInteger(), 64),
    valueSize: json.take('v_head_dim', anInteger(), 128),
    attentionBias: json.take('attention_bias', aBoolean, false),
    sharpening: json.maybe('rope_scaling', readSharpening),
  });
}

function readSharpening(value: Json, where: string): number | undefined {
  const { mscale_all_dim: sharpening } = value as Record<string, Json>;
  return sharpening ? aPositive(sharpening, `${where}, mscale_all_dim`) : undefined;
}

interface ExpertDefaults {
  readonly experts: number;
  readonly expertWidth: number;
  readonly sharedExperts: number;
  readonly firstSparseLayer: number;
  readonly active: number;
}

function readExperts(json: ConfigReader, defaults: ExpertDefaults) {
  json.take('moe_layer_freq', only(1), 1);
  return {
    experts: json.take('n_routed_experts', aCount, defaults.experts),
    activeExperts: json.take('num_experts_per_tok', aCount, defaults.active),
    expertWidth: json.take('moe_intermediate_size', anInteger(), defaults.expertWidth),
    sharedExperts: json.has('n_shared_experts')
      ? (json.maybe('n_shared_experts', anInteger(0)) ?? 0)
      : defaults.sharedExperts,
    firstSparseLayer: json.take('first_k_dense_replace', anInteger(0), defaults.firstSparseLayer),
  };
}

function given(json: ConfigReader, value: number | undefined): number {
  if (value !== undefined) return value;
  const expected = 'n_group and topk_group, since topk_method is group_limited_greedy';
  throw new SequiturError({ where: json.where, expected, got: 'none' });
}

function write(config: DeepSeekConfig): Record<string, unknown> {
  const { rotaryScaling, sharpening } = config;
  return {
    head_dim: config.headSize,
    num_key_value_heads: config.heads,
    kv_lora_rank: config.latentSize,
    q_lora_rank: config.queryLatentSize ?? null,
    qk_nope_head_dim: config.plainSize,
    qk_rope_head_dim: config.headSize,
    v_head_dim: config.valueSize,
    attention_bias: config.attentionBias ?? false,
    ...(sharpening && { rope_scaling: { ...writeRotaryScaling(rotaryScaling), mscale_all_dim: sharpening } }),
    n_routed_experts: config.experts,
    num_experts_per_tok: config.activeExperts,
    moe_intermediate_size: config.expertWidth,
    n_shared_experts: config.sharedExperts,
    first_k_dense_replace: config.firstSparseLayer,
    routed_scaling_factor: config.routingScale,
  };
}

function rules({ queryLatentSize }: DeepSeekConfig, prefix: string): WeightRule[] {
  const [layer, block] = [`${prefix}layers.{i}`, 'blocks.{i}'];
  const [theirs, ours] = [`${layer}.self_attn`, `${block}.mixer`];
  const both = (name: string) => ['latent', 'rotaryKey'].map((part) => `${ours}.${part}.${name}`);
  const mlp = `${layer}.mlp`;
  return [
    ...linearRules(`${theirs}.${queryLatentSize ? 'q_b_proj' : 'q_proj'}`, `${ours}.query`),
    ...linearRules(`${theirs}.q_a_proj`, `${ours}.queryLatent`),
    ...sameRules(`${theirs}.q_a_layernorm`, `${ours}.queryNorm`),
    ...sameRules(`${theirs}.kv_a_layernorm`, `${ours}.latentNorm`),
    rule(`${theirs}.kv_a_proj_with_mqa.weight`, both('weight'), transposedSideBySide),
    rule(`${theirs}.kv_a_proj_with_mqa.bias`, both('bias'), sideBySide),
    rule(`${theirs}.kv_b_proj.weight`, [`${ours}.keyUp`, `${ours}.valueUp`], blocksInTurn),
    rule(`${mlp}.gate.e_score_correction_bias`, `${block}.feedForward.router.choiceBias`),
    ...expertRules(mlp, `${block}.feedForward`),
    ...linearsRules(`${mlp}.shared_experts`, `${block}.feedForward.shared`, {
      ...{ gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
    }),
    ...llamaRules(prefix),
  ];
}
