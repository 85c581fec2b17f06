import { activationNames } from '@sequitur/core';
import {
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  causalMask,
  hiddenScore,
  linearsRules,
  oneOf,
  only,
  rule,
  type StoredBuffer,
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
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: {
    ...{ hidden_size: 'n_embd', max_position_embeddings: 'n_positions' },
    ...{ num_attention_heads: 'n_head', num_hidden_layers: 'n_layer' },
  },
  buffers: ({ rotaryDimensions = 64 }) => [
    causalMask('h.{i}.attn.bias'),
    hiddenScore('h.{i}.attn.masked_bias'),
    rotationTable('h.{i}.attn.embed_positions', rotaryDimensions),
  ],
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

/** Sines, then cosines, of each position. */
function rotationTable(tensor: string, size: number): StoredBuffer {
  const valueAt = (position: number, column: number) => {
    const pair = column % (size / 2);
    const angle = position * 10000 ** ((-2 * pair) / size);
    return column < size / 2 ? Math.sin(angle) : Math.cos(angle);
  };
  return {
    tensor,
    means: 'sines and cosines of positions',
    holds: (values, shape) =>
      shape.at(-1) === size &&
      values.every((value, i) => Math.abs(value - valueAt(Math.floor(i / size), i % size)) < 2e-3),
  };
}

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
