import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  anything,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  defined,
  oneOf,
  only,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { readLayerKinds } from '../read-layer-kinds.js';
import { readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildZamba2 } from './build.js';
import { type Zamba2Config, zamba2Presets } from './config.js';
import { hybridLayers, zamba2Rules } from './rules.js';

/** By the names of transformers 4 and 5. */
const KINDS = { mamba: false, linear_attention: false, hybrid: true } as const;

const family = gptFamily<Zamba2Config>({
  modelType: 'zamba2',
  classes: ['Zamba2Model', 'Zamba2ForCausalLM', 'Zamba2ForSequenceClassification'],
  prefix: 'model.',
  presets: zamba2Presets,
  tokens: { startToken: 1, endToken: 2, paddingToken: 0 },
  readConfig,
  writeConfig,
  build: buildZamba2,
  rules: zamba2Rules,
});

/** Zamba2 (Glorioso et al. 2024). */
export const zamba2Family: typeof family = {
  ...family,
  tiedTensors: (config, prefix) => [
    ...(family.tiedTensors?.(config, prefix) ?? []),
    ...hybridLayers(config).flatMap(({ layer, first }) => (layer === first ? [] : sharedTies(prefix, layer, first))),
  ],
};

/** Files may store a shared block for each layer that reads it. */
function sharedTies(prefix: string, layer: number, first: number) {
  const parts = [
    ...['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`),
    ...['feed_forward.gate_up_proj', 'feed_forward.down_proj', 'input_layernorm', 'pre_ff_layernorm'],
  ];
  const named = (of: number, part: string) => `${prefix}layers.${of}.shared_transformer.${part}.weight`;
  return parts.map((part) => ({ tensor: named(layer, part), to: named(first, part) }));
}

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 32000],
  contextLength: ['max_position_embeddings', anInteger(), 4096],
  width: ['hidden_size', anInteger(), 2560],
  depth: ['num_hidden_layers', aCount, 54],
  heads: ['num_attention_heads', aCount, 32],
  activation: ['hidden_act', oneOf(activationNames), 'gelu'],
  normEpsilon: ['rms_norm_eps', aPositive, 1e-5],
  stateSize: ['mamba_d_state', anInteger(), 64],
  groups: ['mamba_ngroups', anInteger(), 1],
  kernelSize: ['mamba_d_conv', anInteger(), 4],
  chunkLength: ['chunk_size', anInteger(), 256],
  convolutionBias: ['use_conv_bias', aBoolean, true],
  sharedBlocks: ['num_mem_blocks', aCount, 1],
  adapterRank: ['adapter_rank', anInteger(), 128],
  attentionAdapters: ['use_shared_attention_adapter', aBoolean, false],
  rotated: ['use_mem_rope', aBoolean, false],
  tied: ['tie_word_embeddings', aBoolean, true],
  attentionDropout: ['attention_dropout', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

/** What follows from other attributes, and what only the kernels of a GPU read. */
const DERIVED = [
  ...['attention_head_dim', 'attention_hidden_size', 'mamba_headdim', 'kv_channels', 'num_query_groups'],
  ...['hybrid_layer_ids', 'time_step_max', 'time_step_floor', 'use_mem_eff_path', 'use_mamba_kernels'],
  'num_logits_to_keep',
];

function readConfig(json: ConfigReader): Zamba2Config {
  const values = attributes.read(json);
  for (const name of ['use_long_context', 'add_bias_linear']) json.take(name, only(false), false);
  json.maybe('time_step_limit', only(null));
  for (const name of DERIVED) json.maybe(name, anything);
  const innerWidth = Math.trunc(json.take('mamba_expand', aPositive, 2) * values.width);
  return {
    ...values,
    ...defined(readRotary(json, values.contextLength, { bases: ['rope_theta'] })),
    innerWidth,
    scanHeadSize: innerWidth / json.take('n_mamba_heads', aCount, 8),
    stepLimit: [json.take('time_step_min', aPositive, 0.001), Number.POSITIVE_INFINITY],
    hiddenWidth: json.maybe('intermediate_size', anInteger()) ?? 4 * values.width,
    keyHeads: json.maybe('num_key_value_heads', aCount) ?? values.heads,
    hybrid: readLayerKinds(json, 'layers_block_type', KINDS, values.depth) ?? usualLayers(values.depth),
  };
}

/** Every sixth layer of a model is hybrid, in the last ones of 54 every fourth or fifth. */
function usualLayers(depth: number): readonly boolean[] {
  return Array.from({ length: depth }, (_, layer) => [6, 12, 18, 24, 30, 36, 42, 47, 51].includes(layer));
}

function writeConfig(config: Zamba2Config): Record<string, unknown> {
  const { stepLimit: [least] = [0.001] } = config;
  return {
    ...attributes.write(config),
    add_bias_linear: false,
    rope_theta: config.rotaryBase ?? 10000,
    ...(config.rotaryScaling && { rope_scaling: writeRotaryScaling(config.rotaryScaling) }),
    mamba_expand: config.innerWidth / config.width,
    n_mamba_heads: config.innerWidth / config.scanHeadSize,
    time_step_min: least,
    intermediate_size: config.hiddenWidth,
    num_key_value_heads: config.keyHeads ?? config.heads,
    layers_block_type: config.hybrid.map((is) => (is ? 'hybrid' : 'mamba')),
    use_long_context: false,
  };
}
