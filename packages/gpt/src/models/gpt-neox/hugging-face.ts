import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  defined,
  fusedRules,
  linearRules,
  oneOf,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { readRotary, writeRotaryScaling } from '../rotary-attributes.js';
import { buildGptNeox } from './build.js';
import { type GptNeoxConfig, gptNeoxPresets } from './config.js';

/** GPT-NeoX (Black et al. 2022). */
export const gptNeoxFamily = gptFamily<GptNeoxConfig>({
  modelType: 'gpt_neox',
  classes: ['GPTNeoXModel', 'GPTNeoXForCausalLM', 'GPTNeoXForSequenceClassification'],
  prefix: 'gpt_neox.',
  presets: gptNeoxPresets,
  readConfig,
  writeConfig,
  build: buildGptNeox,
  rules,
  head: 'embed_out',
  buffers: ['bias', 'masked_bias', 'rotary_emb.inv_freq'].map((name) => `layers.{i}.attention.${name}`),
});

function readConfig(json: ConfigReader) {
  const contextLength = json.take('max_position_embeddings', anInteger(), 2048);
  // Newer configs repeat these attributes under other names.
  const names = { bases: ['rotary_emb_base', 'rope_theta'], shares: ['rotary_pct', 'partial_rotary_factor'] };
  const rotary = readRotary(json, contextLength, names);
  return defined({
    vocabularySize: json.take('vocab_size', anInteger(), 50432),
    contextLength,
    width: json.take('hidden_size', anInteger(), 6144),
    depth: json.take('num_hidden_layers', aCount, 44),
    heads: json.take('num_attention_heads', aCount, 64),
    hiddenWidth: json.take('intermediate_size', anInteger(), 24576),
    activation: json.take('hidden_act', oneOf(activationNames), 'gelu'),
    normEpsilon: json.take('layer_norm_eps', aPositive, 1e-5),
    ...{ ...rotary, partialRotaryFactor: rotary.partialRotaryFactor ?? 0.25 },
    parallel: json.take('use_parallel_residual', aBoolean, true),
    attentionBias: json.take('attention_bias', aBoolean, true),
    tied: json.take('tie_word_embeddings', aBoolean, false),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    hiddenDropout: json.take('hidden_dropout', aShare, 0),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
  });
}

function writeConfig(config: GptNeoxConfig): Record<string, unknown> {
  return {
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    intermediate_size: config.hiddenWidth,
    hidden_act: config.activation ?? 'gelu',
    layer_norm_eps: config.normEpsilon ?? 1e-5,
    rotary_pct: config.partialRotaryFactor ?? 0.25,
    rotary_emb_base: config.rotaryBase ?? 10000,
    rope_scaling: writeRotaryScaling(config.rotaryScaling),
    use_parallel_residual: config.parallel ?? true,
    attention_bias: config.attentionBias ?? true,
    tie_word_embeddings: config.tied ?? false,
    attention_dropout: config.attentionDropout ?? 0,
    hidden_dropout: config.hiddenDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
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
