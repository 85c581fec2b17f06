import { activationNames, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
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
  readConfig,
  writeConfig,
  build: buildGptNeo,
  rules,
  buffers: ['bias', 'masked_bias'].map((name) => `h.{i}.attn.attention.${name}`),
});

function readConfig(json: ConfigReader) {
  const depth = json.take('num_layers', aCount, 24);
  const width = json.take('hidden_size', anInteger(), 2048);
  return {
    vocabularySize: json.take('vocab_size', anInteger(), 50257),
    contextLength: json.take('max_position_embeddings', anInteger(), 2048),
    width,
    depth,
    heads: json.take('num_heads', aCount, 16),
    hiddenWidth: json.take('intermediate_size', anInteger(), 4 * width),
    reaches: json.take('attention_types', reachesFor(depth), alternating(depth)),
    window: json.take('window_size', anInteger(), 256),
    activation: json.take('activation_function', oneOf(activationNames), 'gelu_new'),
    normEpsilon: json.take('layer_norm_epsilon', aPositive, 1e-5),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    embeddingDropout: json.take('embed_dropout', aShare, 0),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    residualDropout: json.take('resid_dropout', aShare, 0),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
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
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    hidden_size: config.width,
    num_layers: config.depth,
    num_heads: config.heads,
    intermediate_size: config.hiddenWidth ?? null,
    attention_types: config.reaches.map((reach) => [[reach], 1]),
    attention_layers: config.reaches,
    window_size: config.window ?? 256,
    activation_function: config.activation ?? 'gelu_new',
    layer_norm_epsilon: config.normEpsilon ?? 1e-5,
    tie_word_embeddings: config.tied ?? true,
    embed_dropout: config.embeddingDropout ?? 0,
    attention_dropout: config.attentionDropout ?? 0,
    resid_dropout: config.residualDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
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
