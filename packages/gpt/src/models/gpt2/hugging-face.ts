import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  affineRules,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  oneOf,
  projections,
  rule,
  sameRules,
  sideBySide,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGpt2 } from './build.js';
import { type Gpt2Config, gpt2Presets } from './config.js';

/** GPT-2 (Radford et al. 2019). */
export const gpt2Family = gptFamily<Gpt2Config>({
  modelType: 'gpt2',
  classes: ['GPT2Model', 'GPT2LMHeadModel', 'GPT2ForSequenceClassification'],
  prefix: 'transformer.',
  presets: gpt2Presets,
  readConfig,
  writeConfig,
  build: buildGpt2,
  rules,
  buffers: ['h.{i}.attn.bias', 'h.{i}.attn.masked_bias'],
});

function readConfig(json: ConfigReader) {
  return {
    vocabularySize: json.take('vocab_size', anInteger(), 50257),
    contextLength: json.take('n_positions', anInteger(), 1024),
    width: json.take('n_embd', anInteger(), 768),
    depth: json.take('n_layer', aCount, 12),
    heads: json.take('n_head', aCount, 12),
    hiddenWidth: json.take('n_inner', anInteger(), 4 * json.take('n_embd', anInteger(), 768)),
    activation: json.take('activation_function', oneOf(activationNames), 'gelu_new'),
    normEpsilon: json.take('layer_norm_epsilon', aPositive, 1e-5),
    scaleScores: json.take('scale_attn_weights', aBoolean, true),
    scaleScoresByDepth: json.take('scale_attn_by_inverse_layer_idx', aBoolean, false),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    embeddingDropout: json.take('embd_pdrop', aShare, 0.1),
    attentionDropout: json.take('attn_pdrop', aShare, 0.1),
    residualDropout: json.take('resid_pdrop', aShare, 0.1),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
  };
}

function writeConfig(config: Gpt2Config): Record<string, unknown> {
  return {
    vocab_size: config.vocabularySize,
    n_positions: config.contextLength,
    n_embd: config.width,
    n_layer: config.depth,
    n_head: config.heads,
    n_inner: config.hiddenWidth ?? null,
    activation_function: config.activation ?? 'gelu_new',
    layer_norm_epsilon: config.normEpsilon ?? 1e-5,
    scale_attn_weights: config.scaleScores ?? true,
    scale_attn_by_inverse_layer_idx: config.scaleScoresByDepth ?? false,
    tie_word_embeddings: config.tied ?? true,
    embd_pdrop: config.embeddingDropout ?? 0,
    attn_pdrop: config.attentionDropout ?? 0,
    resid_pdrop: config.residualDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
  };
}

/** The names of a GPT-2 checkpoint. Its Conv1D layers store [inputs, outputs], as ours do. */
function rules(_config: Gpt2Config, prefix: string): WeightRule[] {
  const layer = `${prefix}h.{i}`;
  return [
    rule(`${prefix}wte.weight`, 'embedding.tokens.weight'),
    rule(`${prefix}wpe.weight`, 'embedding.positions.weight'),
    ...sameRules(`${layer}.ln_1`, 'blocks.{i}.mixerNorm'),
    ...affineRules(`${layer}.attn.c_attn`, projections('blocks.{i}.mixer'), sideBySide),
    ...sameRules(`${layer}.attn.c_proj`, 'blocks.{i}.mixer.output'),
    ...sameRules(`${layer}.ln_2`, 'blocks.{i}.feedForwardNorm'),
    ...sameRules(`${layer}.mlp.c_fc`, 'blocks.{i}.feedForward.up'),
    ...sameRules(`${layer}.mlp.c_proj`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${prefix}ln_f`, 'norm'),
  ];
}
