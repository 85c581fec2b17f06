import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  causalMask,
  defined,
  fusedRules,
  hiddenScore,
  linearRules,
  oneOf,
  rotaryFrequencies,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { frequenciesOf, readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildGptNeox } from './build.js';
import { type GptNeoxConfig, gptNeoxPresets } from './config.js';

/** GPT-NeoX (Black et al. 2022). */
export const gptNeoxFamily = gptFamily<GptNeoxConfig>({
  modelType: 'gpt_neox',
  classes: ['GPTNeoXModel', 'GPTNeoXForCausalLM', 'GPTNeoXForSequenceClassification'],
  prefix: 'gpt_neox.',
  presets: gptNeoxPresets,
  tokens: { startToken: 0, endToken: 2 },
  readConfig,
  writeConfig,
  build: buildGptNeox,
  rules,
  head: 'embed_out',
  buffers: (config) => [
    causalMask('layers.{i}.attention.bias'),
    hiddenScore('layers.{i}.attention.masked_bias'),
    rotaryFrequencies('layers.{i}.attention.rotary_emb.inv_freq', () => frequenciesOf(neoxRotary(config))),
  ],
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 50432],
  contextLength: ['max_position_embeddings', anInteger(), 2048],
  width: ['hidden_size', anInteger(), 6144],
  depth: ['num_hidden_layers', aCount, 44],
  heads: ['num_attention_heads', aCount, 64],
  hiddenWidth: ['intermediate_size', anInteger(), 24576],
  activation: ['hidden_act', oneOf(activationNames), 'gelu'],
  normEpsilon: ['layer_norm_eps', aPositive, 1e-5],
  parallel: ['use_parallel_residual', aBoolean, true],
  attentionBias: ['attention_bias', aBoolean, true],
  tied: ['tie_word_embeddings', aBoolean, false],
  attentionDropout: ['attention_dropout', aShare, 0],
  hiddenDropout: ['hidden_dropout', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

/** A quarter of each head is rotated by default. */
function neoxRotary(config: GptNeoxConfig) {
  return { partialRotaryFactor: 0.25, ...config };
}

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  // Newer configs repeat these attributes under other names.
  const names = { bases: ['rotary_emb_base', 'rope_theta'], shares: ['rotary_pct', 'partial_rotary_factor'] };
  const rotary = readRotary(json, values.contextLength, names);
  return defined({ ...values, ...rotary, partialRotaryFactor: rotary.partialRotaryFactor ?? 0.25 });
}

function writeConfig(config: GptNeoxConfig): Record<string, unknown> {
  return {
    ...attributes.write(config),
    rotary_pct: config.partialRotaryFactor ?? 0.25,
    rotary_emb_base: config.rotaryBase ?? 10000,
    rope_scaling: writeRotaryScaling(config.rotaryScaling),
  };
}

function rules({ heads }: GptNeoxConfig, prefix: string): WeightRule[] {
  const layer = `${prefix}layers.{i}`;
  return [
    rule(`${prefix}embed_in.weight`, 'embedding.tokens.weight'),
    ...sameRules(`${layer}.input_layernorm`, 'blocks.{i}.mixerNorm'),
    ...fusedRules(`${layer}.attention.query_key_value`, 'blocks.{i}.mixer', heads),
    ...linearRules(`${layer}.attention.dense`, 'blocks.{i}.mixer.output'),
    ...sameRules(`${layer}.post_attention_layernorm`, 'blocks.{i}.feedForwardNorm'),
    ...linearRules(`${layer}.mlp.dense_h_to_4h`, 'blocks.{i}.feedForward.up'),
    ...linearRules(`${layer}.mlp.dense_4h_to_h`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${prefix}final_layer_norm`, 'norm'),
  ];
}
