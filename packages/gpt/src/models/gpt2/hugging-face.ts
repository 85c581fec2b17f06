import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  affineRules,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  causalMask,
  EAGER,
  hiddenScore,
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
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: {
    ...{ hidden_size: 'n_embd', max_position_embeddings: 'n_positions' },
    ...{ num_attention_heads: 'n_head', num_hidden_layers: 'n_layer' },
  },
  readConfig,
  writeConfig,
  build: buildGpt2,
  rules,
  buffers: () => [causalMask('h.{i}.attn.bias'), hiddenScore('h.{i}.attn.masked_bias')],
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 50257],
  contextLength: ['n_positions', anInteger(), 1024],
  width: ['n_embd', anInteger(), 768],
  depth: ['n_layer', aCount, 12],
  heads: ['n_head', aCount, 12],
  activation: ['activation_function', oneOf(activationNames), 'gelu_new'],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-5],
  scaleScores: ['scale_attn_weights', aBoolean, true],
  scaleScoresByDepth: ['scale_attn_by_inverse_layer_idx', aBoolean, false],
  tied: ['tie_word_embeddings', aBoolean, true],
  embeddingDropout: ['embd_pdrop', aShare, 0.1, 0],
  attentionDropout: ['attn_pdrop', aShare, 0.1, 0],
  residualDropout: ['resid_pdrop', aShare, 0.1, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  return { ...values, hiddenWidth: json.take('n_inner', anInteger(), 4 * values.width) };
}

function writeConfig(config: Gpt2Config): Record<string, unknown> {
  const eager = config.scaleScoresByDepth && EAGER;
  return { ...attributes.write(config), n_inner: config.hiddenWidth ?? null, ...eager };
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
