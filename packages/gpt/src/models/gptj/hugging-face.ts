import { activationNames } from '@sequitur/core';
import {
  aCount,
  anInteger,
  aPositive,
  aShare,
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

function readConfig(json: ConfigReader) {
  const width = json.take('n_embd', anInteger(), 4096);
  return {
    vocabularySize: json.take('vocab_size', anInteger(), 50400),
    contextLength: json.take('n_positions', anInteger(), 2048),
    width,
    depth: json.take('n_layer', aCount, 28),
    heads: json.take('n_head', aCount, 16),
    hiddenWidth: json.take('n_inner', anInteger(), 4 * width),
    activation: json.take('activation_function', oneOf(activationNames), 'gelu_new'),
    normEpsilon: json.take('layer_norm_epsilon', aPositive, 1e-5),
    rotaryDimensions: json.has('rotary_dim') ? json.take('rotary_dim', anInteger()) : 64,
    tied: json.take('tie_word_embeddings', only(false), false), // tied, its head would still have a bias
    embeddingDropout: json.take('embd_pdrop', aShare, 0),
    attentionDropout: json.take('attn_pdrop', aShare, 0),
    residualDropout: json.take('resid_pdrop', aShare, 0),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
  };
}

function writeConfig(config: GptJConfig): Record<string, unknown> {
  return {
    vocab_size: config.vocabularySize,
    n_positions: config.contextLength,
    n_embd: config.width,
    n_layer: config.depth,
    n_head: config.heads,
    n_inner: config.hiddenWidth,
    activation_function: config.activation ?? 'gelu_new',
    layer_norm_epsilon: config.normEpsilon ?? 1e-5,
    rotary_dim: config.rotaryDimensions ?? 64,
    tie_word_embeddings: false,
    embd_pdrop: config.embeddingDropout ?? 0,
    attn_pdrop: config.attentionDropout ?? 0,
    resid_pdrop: config.residualDropout ?? 0,
    initializer_range: config.initializerRange ?? 0.02,
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
