import { activationNames, SequiturError } from '@sequitur/core';
import {
  type AttributeTable,
  aBoolean,
  anInteger,
  aText,
  attribute,
  attributeTable,
  type ConfigReader,
  oneOf,
  rule,
  type TensorNames,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { commonAttributes } from '../../sequence-to-sequence/attributes.js';
import type { EncoderDecoderFamily } from '../../sequence-to-sequence/family.js';
import { buildT5 } from './build.js';
import { hasOwnDistances, type T5Config, t5Presets } from './config.js';

const MT5_SIZES = { vocabularySize: 250112, width: 512, headSize: 64, heads: 6, hiddenWidth: 1024, depth: 8 };

/** The default sizes of Python's classes. */
const SIZES = {
  t5: { vocabularySize: 32128, width: 512, headSize: 64, heads: 8, hiddenWidth: 2048, depth: 6 },
  mt5: MT5_SIZES,
  umt5: MT5_SIZES,
};

/** T5 (Raffel et al. 2020), versions 1.0 and 1.1. */
export const t5Family = family('t5', 'T5', t5Presets);

/** mT5 (Xue et al. 2021): T5 version 1.1 with a larger vocabulary. */
export const mt5Family = family('mt5', 'MT5');

/** UMT5 (Chung et al. 2023): mT5 whose layers each have their own relative positions. */
export const umt5Family = family('umt5', 'UMT5');

function family(
  modelType: keyof typeof SIZES,
  name: string,
  presets: Readonly<Record<string, T5Config>> = {},
): EncoderDecoderFamily<T5Config> {
  const attributes = t5Attributes(modelType);
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
    readConfig: (json) => attributes.read(json),
    writeConfig: (config) => attributes.write(config),
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

function t5Attributes(modelType: keyof typeof SIZES): AttributeTable<T5Config> {
  const sizes = SIZES[modelType];
  return attributeTable<T5Config>(
    { modelType: attribute.settled(modelType) },
    {
      encoderOnly: {
        read: (json) => (json.take('is_encoder_decoder', aBoolean, true) ? undefined : true),
        write: (encoderOnly = false) => ({ is_encoder_decoder: !encoderOnly }),
      },
    },
    commonAttributes({ paddingToken: 0, endToken: 1 }),
    {
      vocabularySize: attribute.integer('vocab_size', sizes.vocabularySize),
      width: attribute.integer('d_model', sizes.width),
      headSize: attribute.integer('d_kv', sizes.headSize),
      heads: attribute.count('num_heads', sizes.heads),
      hiddenWidth: attribute.integer('d_ff', sizes.hiddenWidth),
      encoderDepth: attribute.count('num_layers', sizes.depth),
      buckets: attribute.of('relative_attention_num_buckets', anInteger(2), 32),
      maxDistance: attribute.integer('relative_attention_max_distance', 128),
      normEpsilon: attribute.positive('layer_norm_epsilon', 1e-6),
      dropout: attribute.dropout('dropout_rate', 0.1),
      initialFactor: attribute.positive('initializer_factor', 1),
      decoderDepth: attribute.count('num_decoder_layers', ({ encoderDepth }) => encoderDepth),
    },
    feedForwards(modelType),
    {
      read: (json) => {
        const tied = json.maybe('tie_word_embeddings', aBoolean);
        return { tied: tied ?? true, scaledOutput: readScaling(json, modelType, tied) };
      },
      write: ({ tied = true, scaledOutput = tied }) => ({
        tie_word_embeddings: tied,
        scale_decoder_outputs: scaledOutput,
      }),
    },
  );
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

/** `feed_forward_proj` is `relu`, `gated-gelu` and similar; the two attributes that Python derives from it take precedence. */
function feedForwards(modelType: string): AttributeTable<Pick<T5Config, 'activation' | 'gated'>> {
  return {
    read: (json) => {
      const described = json.take('feed_forward_proj', aText, modelType === 't5' ? 'relu' : 'gated-gelu');
      const [first, second, ...rest] = described.split('-');
      const gated = second !== undefined;
      if (rest.length > 0 || (gated && first !== 'gated')) {
        const [where, expected] = [`${json.where}, feed_forward_proj`, 'the name of an activation, or gated-<name>'];
        throw new SequiturError({ where, expected, got: described });
      }
      const named = oneOf(activationNames)(
        gated ? (second === 'gelu' ? 'gelu_new' : second) : first!,
        'feed_forward_proj',
      );
      return {
        activation: json.take('dense_act_fn', oneOf(activationNames), named),
        gated: json.take('is_gated_act', aBoolean, gated),
      };
    },
    write: ({ activation = 'relu', gated = false }) => ({
      feed_forward_proj: gated ? `gated-${activation === 'gelu_new' ? 'gelu' : activation}` : activation,
      dense_act_fn: activation,
      is_gated_act: gated,
    }),
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
  return [
    ...withoutBias(`${layer}.${name}`, path, { q: 'query', k: 'key', v: 'value', o: 'output' }),
    rule(`${layer}.layer_norm.weight`, `${path}Norm.weight`),
  ];
}

function feedForward(layer: string, block: string, gated: boolean): WeightRule[] {
  const parts = gated ? { wi_0: 'gate', wi_1: 'up', wo: 'down' } : { wi: 'up', wo: 'down' };
  return [
    ...withoutBias(`${layer}.DenseReluDense`, `${block}.feedForward`, parts),
    rule(`${layer}.layer_norm.weight`, `${block}.feedForwardNorm.weight`),
  ];
}

function withoutBias(layer: string, path: string, names: TensorNames): WeightRule[] {
  return Object.entries(names).map(([theirs, ours]) =>
    rule(`${layer}.${theirs}.weight`, `${path}.${ours}.weight`, transposed),
  );
}
