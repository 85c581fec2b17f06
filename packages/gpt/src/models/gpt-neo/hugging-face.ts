import { activationNames, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  causalMask,
  hiddenScore,
  linearRules,
  linearsRules,
  oneOf,
  type ReadAttribute,
  rule,
  sameRules,
  texts,
  type WeightRule,
} from '@sequitur/pretrained';
import { gptFamily } from '../gpt-family.js';
import { buildGptNeo } from './build.js';
import { type GptNeoConfig, gptNeoPresets, type NeoReach } from './config.js';

/** GPT-Neo (Black et al. 2021). */
export const gptNeoFamily = gptFamily<GptNeoConfig>({
  modelType: 'gpt_neo',
  classes: ['GPTNeoModel', 'GPTNeoForCausalLM', 'GPTNeoForSequenceClassification'],
  prefix: 'transformer.',
  presets: gptNeoPresets,
  tokens: { startToken: 50256, endToken: 50256 },
  aliases: { num_attention_heads: 'num_heads', num_hidden_layers: 'num_layers' },
  readConfig,
  writeConfig,
  build: buildGptNeo,
  rules,
  buffers: ({ reaches, window = 256 }) => [
    ...reaches.map((reach, block) =>
      causalMask(`h.${block}.attn.attention.bias`, reach === 'local' ? window : undefined),
    ),
    hiddenScore('h.{i}.attn.attention.masked_bias'),
  ],
});

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger(), 50257],
  contextLength: ['max_position_embeddings', anInteger(), 2048],
  width: ['hidden_size', anInteger(), 2048],
  depth: ['num_layers', aCount, 24],
  heads: ['num_heads', aCount, 16],
  window: ['window_size', anInteger(), 256],
  activation: ['activation_function', oneOf(activationNames), 'gelu_new'],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-5],
  tied: ['tie_word_embeddings', aBoolean, true],
  embeddingDropout: ['embed_dropout', aShare, 0],
  attentionDropout: ['attention_dropout', aShare, 0],
  residualDropout: ['resid_dropout', aShare, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader) {
  const values = attributes.read(json);
  const { width, depth } = values;
  return {
    ...values,
    hiddenWidth: json.take('intermediate_size', anInteger(), 4 * width),
    reaches: json.take('attention_types', reachesFor(depth), alternating(depth)),
  };
}

function alternating(depth: number): readonly NeoReach[] {
  return Array.from({ length: depth }, (_, index) => (index % 2 === 0 ? 'global' : 'local'));
}

/** `[[["global", "local"], 12]]`: each list of kinds, and how often it comes. */
function reachesFor(depth: number): ReadAttribute<readonly NeoReach[]> {
  return (value, where) => {
    const groups = Array.isArray(value) ? value : [];
    const reaches = groups.flatMap((group) => {
      const [kinds, times] = Array.isArray(group) ? group : [];
      const repeated = new Array(anInteger(1, depth)(times ?? null, where)).fill(texts(kinds ?? null, where));
      return repeated.flat().map((kind) => oneOf<NeoReach>(['global', 'local'])(kind, where));
    });
    if (reaches.length === depth) return reaches;
    throw new SequiturError({ where, expected: `${depth} blocks, as num_layers says`, got: `${reaches.length}` });
  };
}

function writeConfig(config: GptNeoConfig): Record<string, unknown> {
  return {
    ...attributes.write(config),
    intermediate_size: config.hiddenWidth ?? null,
    attention_types: config.reaches.map((reach) => [[reach], 1]),
    attention_layers: config.reaches,
  };
}

function rules(_config: GptNeoConfig, prefix: string): WeightRule[] {
  const layer = `${prefix}h.{i}`;
  return [
    rule(`${prefix}wte.weight`, 'embedding.tokens.weight'),
    rule(`${prefix}wpe.weight`, 'embedding.positions.weight'),
    ...sameRules(`${layer}.ln_1`, 'blocks.{i}.mixerNorm'),
    ...linearsRules(`${layer}.attn.attention`, 'blocks.{i}.mixer', {
      ...{ q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' },
    }),
    ...sameRules(`${layer}.ln_2`, 'blocks.{i}.feedForwardNorm'),
    ...linearRules(`${layer}.mlp.c_fc`, 'blocks.{i}.feedForward.up'),
    ...linearRules(`${layer}.mlp.c_proj`, 'blocks.{i}.feedForward.down'),
    ...sameRules(`${prefix}ln_f`, 'norm'),
  ];
}
