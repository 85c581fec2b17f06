import { activationNames } from '@sequitur/core';
import {
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  linearsRules,
  oneOf,
  only,
  rule,
  sameRules,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGptJ } from './build.js';
import { type GptJConfig, gptJPresets } from './config.js';

/** GPT-J (Wang and Komatsuzaki 2021). */
export const gptJFamily = gptFamily<GptJConfig>({
  modelType: 'gptj',
  classes: ['GPTJModel', 'GPTJForCausalLM', 'GPTJForSequenceClassification'],
  prefix: 'transformer.',
  presets: gptJPresets,
  readConfig,
  writeConfig,
  build: buildGptJ,
  rules,
  buffers: ['bias', 'masked_bias', 'embed_positions'].map((name) => `h.{i}.attn.${name}`),
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 50400],
  contextLength: ['n_positions', anInteger(), 2048],
  width: ['n_embd', anInteger(), 4096],
  depth: ['n_layer', aCount, 28],
  heads: ['n_head', aCount, 16],
  activation: ['activation_function', oneOf(activationNames), 'gelu_new'],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-5],
  tied: ['tie_word_embeddings', only(false), false], // tied, its head would still have a bias
  embeddingDropout: ['embd_pdrop', aShare, 0],
  attentionDropout: ['attn_pdrop', aShare, 0],
  residualDropout: ['resid_pdrop', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  return {
    ...values,
    hiddenWidth: json.take('n_inner', anInteger(), 4 * values.width),
    rotaryDimensions: json.has('rotary_dim') ? json.take('rotary_dim', anInteger()) : 64,
  };
}

function writeConfig(config: GptJConfig): Record<string, unknown> {
  return {
    ...attributes.write({ ...config, tied: false }),
    n_inner: config.hiddenWidth,
    rotary_dim: config.rotaryDimensions ?? 64,
  };
}

function rules(_config: GptJConfig, prefix: string): WeightRule[] {
  const layer = `${prefix}h.{i}`;
  return [
    rule(`${prefix}wte.weight`, 'embedding.tokens.weight'),
    ...sameRules(`${layer}.ln_1`, 'blocks.{i}.norm'),
    ...linearsRules(`${layer}.attn`, 'blocks.{i}.mixer', {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
    }),
    ...linearsRules(`${layer}.mlp`, 'blocks.{i}.feedForward', { fc_in: 'up', fc_out: 'down' }),
    ...sameRules(`${prefix}ln_f`, 'norm'),
  ];
}
