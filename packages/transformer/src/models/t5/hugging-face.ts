import { activationNames, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  aText,
  attributeTable,
  type ConfigReader,
  oneOf,
  rule,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { readSequenceTokens, writeCommon } from '../../sequence-to-sequence/attributes.js';
import type { EncoderDecoderFamily } from '../../sequence-to-sequence/family.js';
import { buildT5 } from './build.js';
import { hasOwnDistances, type T5Config, t5Presets } from './config.js';

/** T5 (Raffel et al. 2020), versions 1.0 and 1.1. */
export const t5Family = family('t5', 'T5', t5Presets);

/** mT5 (Xue et al. 2021): T5 version 1.1 with a larger vocabulary. */
export const mt5Family = family('mt5', 'MT5');

/** UMT5 (Chung et al. 2023): mT5 whose layers each have their own relative positions. */
export const umt5Family = family('umt5', 'UMT5');

function family(
  modelType: string,
  name: string,
  presets: Readonly<Record<string, T5Config>> = {},
): EncoderDecoderFamily<T5Config> {
  return {
    modelType,
    classes: { [`${name}ForConditionalGeneration`]: 'languageModel', [`${name}EncoderModel`]: 'encoder' },
    prefix: '',
    presets,
    aliases: {
      ...{
        hidden_size: 'd_model',
        num_attention_heads: 'num_heads',
        num_hidden_layers: 'num_layers',
        head_dim: 'd_kv',
      },
    },
    readConfig: (json) => readT5Config(json, modelType),
    writeConfig: writeT5Config,
    build: (config, headKind) => {
      if (headKind === 'languageModel') expectDecoder(config);
      return buildT5(config);
    },
    rules: encoderRules,
    headRules: (kind, config) => (kind === 'languageModel' ? decoderRules(config) : []),
    // Old checkpoints still store this table, though cross-attention has no positions.
    ignoredTensors: () => ['decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight'],
    tiedTensors: ({ tied = true, scaledOutput = tied }) => [
      ...['encoder', 'decoder'].map((side) => ({ tensor: `${side}.embed_tokens.weight`, to: 'shared.weight' })),
      ...(tied ? [{ tensor: 'lm_head.weight', to: 'shared.weight', untied: { tied: false, scaledOutput } }] : []),
    ],
  };
}

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger()],
  width: ['d_model', anInteger()],
  headSize: ['d_kv', anInteger()],
  heads: ['num_heads', aCount],
  hiddenWidth: ['d_ff', anInteger()],
  encoderDepth: ['num_layers', aCount],
  buckets: ['relative_attention_num_buckets', anInteger(2), 32],
  maxDistance: ['relative_attention_max_distance', anInteger(), 128],
  normEpsilon: ['layer_norm_epsilon', aPositive, 1e-6],
  dropout: ['dropout_rate', aShare, 0.1, 0],
  initialFactor: ['initializer_factor', aPositive, 1],
});

const T5_SIZES = { vocabularySize: 32128, width: 512, headSize: 64, heads: 8, hiddenWidth: 2048, encoderDepth: 6 };
const MT5_SIZES = { vocabularySize: 250112, width: 512, headSize: 64, heads: 6, hiddenWidth: 1024, encoderDepth: 8 };

function readT5Config(json: ConfigReader, modelType: string): T5Config {
  const tied = json.maybe('tie_word_embeddings', aBoolean);
  const values = attributes.read(json, modelType === 't5' ? T5_SIZES : MT5_SIZES);
  const decodes = json.take('is_encoder_decoder', aBoolean, true);
  return {
    modelType,
    ...values,
    decoderDepth: json.take('num_decoder_layers', aCount, values.encoderDepth),
    ...readFeedForward(json, modelType),
    tied: tied ?? true,
    scaledOutput: readScaling(json, modelType, tied),
    ...readSequenceTokens(json, { paddingToken: 0, endToken: 1 }),
    ...(!decodes && { encoderOnly: true }),
  };
}

/** @throws SequiturError where a config is one of an encoder alone */
function expectDecoder({ encoderOnly, modelType }: T5Config): void {
  if (!encoderOnly) return;
  const expected = 'a model with a decoder';
  const fix = 'Read it with SequenceEncoder, or leave out is_encoder_decoder: false';
  throw new SequiturError({ where: `${modelType} config`, expected, got: 'that of an encoder alone', fix });
}

/**
 * Whether the states before the output projection are scaled. Up to transformers 4 those of tied embeddings are; from
 * version 5 on a T5 has an attribute for it, and an mT5 scales nothing.
 */
function readScaling(json: ConfigReader, modelType: string, tied: boolean | undefined): boolean {
  const version = json.maybe('transformers_version', aText) ?? '';
  const isNew = Number.parseInt(version, 10) >= 5;
  const scaled = json.maybe('scale_decoder_outputs', aBoolean);
  return scaled ?? (modelType === 'mt5' ? tied === true && !isNew : tied !== false);
}

/**
 * Reads `feed_forward_proj`: `relu`, `gated-gelu` and similar. The two attributes that Python derives from it take
 * precedence.
 */
function readFeedForward(json: ConfigReader, modelType: string): Pick<T5Config, 'activation' | 'gated'> {
  const described = json.take('feed_forward_proj', aText, modelType === 't5' ? 'relu' : 'gated-gelu');
  const [first, second, ...rest] = described.split('-');
  const gated = second !== undefined;
  if (rest.length > 0 || (gated && first !== 'gated')) {
    throw new SequiturError({
      where: `${json.where}, feed_forward_proj`,
      expected: 'the name of an activation, or gated-<name>',
      got: described,
    });
  }
  const named = gated ? (second === 'gelu' ? 'gelu_new' : second) : first!;
  return {
    activation: json.take('dense_act_fn', oneOf(activationNames), oneOf(activationNames)(named, 'feed_forward_proj')),
    gated: json.take('is_gated_act', aBoolean, gated),
  };
}

function writeT5Config(config: T5Config): Record<string, unknown> {
  const { activation = 'relu', gated = false, tied = true, scaledOutput = tied } = config;
  return {
    ...writeCommon(config),
    ...(config.encoderOnly && { is_encoder_decoder: false }),
    ...attributes.write(config),
    num_decoder_layers: config.decoderDepth,
    feed_forward_proj: gated ? `gated-${activation === 'gelu_new' ? 'gelu' : activation}` : activation,
    dense_act_fn: activation,
    is_gated_act: gated,
    tie_word_embeddings: tied,
    scale_decoder_outputs: scaledOutput,
  };
}

/** The names of the encoder. */
function encoderRules(config: T5Config): WeightRule[] {
  const blocks = 'encoder.stack.blocks.{i}';
  return [
    rule('shared.weight', 'encoder.embedding.tokens.weight'),
    ...attention('encoder.block.{i}.layer.0', 'SelfAttention', `${blocks}.mixer`),
    ...feedForward('encoder.block.{i}.layer.1', blocks, config.gated ?? false),
    ...stackRules(config, 'encoder', 'encoder.stack'),
  ];
}

/** The names of the decoder and the output projection. */
function decoderRules(config: T5Config): WeightRule[] {
  const blocks = 'decoder.blocks.{i}';
  return [
    rule('lm_head.weight', 'head.weight', transposed),
    ...attention('decoder.block.{i}.layer.0', 'SelfAttention', `${blocks}.mixer`),
    ...attention('decoder.block.{i}.layer.1', 'EncDecAttention', `${blocks}.cross`),
    ...feedForward('decoder.block.{i}.layer.2', blocks, config.gated ?? false),
    ...stackRules(config, 'decoder', 'decoder'),
  ];
}

function stackRules(config: T5Config, theirs: string, ours: string): WeightRule[] {
  // Where all layers share the table, it is stored under the name of the first one.
  const layer = hasOwnDistances(config) ? '{i}' : 0;
  return [
    rule(
      `${theirs}.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`,
      `${ours}.blocks.${layer}.mixer.positions.table.weight`,
    ),
    rule(`${theirs}.final_layer_norm.weight`, `${ours}.norm.weight`),
  ];
}

function attention(layer: string, name: string, path: string): WeightRule[] {
  const parts = { q: 'query', k: 'key', v: 'value', o: 'output' };
  return [
    ...Object.entries(parts).map(([theirs, ours]) =>
      rule(`${layer}.${name}.${theirs}.weight`, `${path}.${ours}.weight`, transposed),
    ),
    rule(`${layer}.layer_norm.weight`, `${path}Norm.weight`),
  ];
}

function feedForward(layer: string, block: string, gated: boolean): WeightRule[] {
  const parts = gated ? { wi_0: 'gate', wi_1: 'up', wo: 'down' } : { wi: 'up', wo: 'down' };
  return [
    ...Object.entries(parts).map(([theirs, ours]) =>
      rule(`${layer}.DenseReluDense.${theirs}.weight`, `${block}.feedForward.${ours}.weight`, transposed),
    ),
    rule(`${layer}.layer_norm.weight`, `${block}.feedForwardNorm.weight`),
  ];
}
