import { activationNames, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  type ConfigReader,
  oneOf,
  rule,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import { BOOKKEEPING, readCommon, writeCommon } from '../sequence-to-sequence/attributes.js';
import type { SequenceToSequenceConfig, SequenceToSequenceFamily } from '../sequence-to-sequence/family.js';
import type { BartConfig, BartLayout } from './config.js';
import { bartParts } from './parts.js';

/** What old configurations say again of what the class settles. */
const LEGACY = [
  ...['add_bias_logits', 'add_final_layer_norm', 'normalize_before', 'normalize_embedding', 'num_hidden_layers'],
  ...[
    'static_position_embeddings',
    'extra_pos_embeddings',
    'force_bos_token_to_be_generated',
    'do_blenderbot_90_layernorm',
  ],
  ...['layernorm_variant', 'max_target_positions', 'encoder_attention_type'],
];

export interface BartFamilyOptions extends BartLayout {
  readonly modelType: string;
  readonly architecture: string;
  /** What is taken where the configuration says nothing. */
  readonly defaults: {
    readonly padding: number;
    readonly start?: number;
    readonly end: number;
    /** Settings of generation that the class has even if the configuration does not name them. */
    readonly generation?: Readonly<Record<string, unknown>>;
  };
  /** Whether encoder and decoder may have vocabularies of their own, as Marian's; default false. */
  readonly separableVocabularies?: boolean;
}

/** A family of BART's kin, from what distinguishes it. */
export function bartLikeFamily(options: BartFamilyOptions): SequenceToSequenceFamily<BartConfig> {
  const { modelType, architecture } = options;
  return {
    modelType,
    architecture,
    readConfig: (json) => readBartConfig(json, options),
    resolve: (config, { tensors }) => {
      const logitsBias = tensors.has('final_logits_bias');
      if (options.positions === 'learned') return { ...config, logitsBias };
      const stored = tensors.has('model.encoder.embed_positions.weight');
      return { ...config, logitsBias, positions: stored ? 'storedSinusoidal' : 'sinusoidal' };
    },
    writeConfig: (config) => writeBartConfig(config, options),
    parts: (config) => {
      checkHeads(config);
      return bartParts(config, options);
    },
    rules: bartRules,
    ignoredTensors: ({ tied = true, sharedEmbedding = true }) => [
      ...(sharedEmbedding ? ['model.encoder.embed_tokens.weight', 'model.decoder.embed_tokens.weight'] : []),
      ...(tied ? ['lm_head.weight'] : []),
    ],
  };
}

function readBartConfig(
  json: ConfigReader,
  { modelType, defaults, separableVocabularies }: BartFamilyOptions,
): BartConfig {
  json.take('model_type', oneOf([modelType]));
  const vocabularySize = json.take('vocab_size', anInteger());
  const common = readCommon(json, defaults);
  const generation = { ...defaults.generation, ...common.generation };
  const config: BartConfig = {
    modelType,
    vocabularySize,
    width: json.take('d_model', anInteger()),
    contextLength: json.take('max_position_embeddings', anInteger(), 1024),
    encoderDepth: json.take('encoder_layers', aCount),
    encoderHeads: json.take('encoder_attention_heads', aCount),
    encoderHiddenWidth: json.take('encoder_ffn_dim', anInteger()),
    decoderDepth: json.take('decoder_layers', aCount),
    decoderHeads: json.take('decoder_attention_heads', aCount),
    decoderHiddenWidth: json.take('decoder_ffn_dim', anInteger()),
    ...(separableVocabularies && readVocabularies(json, vocabularySize)),
    activation: json.take('activation_function', oneOf(activationNames), 'gelu'),
    scaleEmbedding: json.take('scale_embedding', aBoolean, false),
    tied: json.take('tie_word_embeddings', aBoolean, true),
    dropout: json.take('dropout', aShare, 0.1),
    attentionDropout: json.take('attention_dropout', aShare, 0),
    activationDropout: json.take('activation_dropout', aShare, 0),
    initializerRange: json.take('init_std', aPositive, 0.02),
    ...common,
    ...(Object.keys(generation).length > 0 && { generation }),
  };
  json.finish([...BOOKKEEPING, ...LEGACY]);
  return config;
}

function readVocabularies(json: ConfigReader, vocabularySize: number) {
  return {
    sharedEmbedding: json.take('share_encoder_decoder_embeddings', aBoolean, true),
    targetVocabularySize: json.take('decoder_vocab_size', anInteger(), vocabularySize),
  };
}

function writeBartConfig(config: BartConfig, { separableVocabularies }: BartFamilyOptions): Record<string, unknown> {
  return {
    ...writeCommon(config as SequenceToSequenceConfig),
    vocab_size: config.vocabularySize,
    d_model: config.width,
    max_position_embeddings: config.contextLength,
    encoder_layers: config.encoderDepth,
    num_hidden_layers: config.encoderDepth,
    encoder_attention_heads: config.encoderHeads,
    encoder_ffn_dim: config.encoderHiddenWidth,
    decoder_layers: config.decoderDepth,
    decoder_attention_heads: config.decoderHeads,
    decoder_ffn_dim: config.decoderHiddenWidth,
    ...(separableVocabularies && {
      share_encoder_decoder_embeddings: config.sharedEmbedding ?? true,
      decoder_vocab_size: config.targetVocabularySize ?? config.vocabularySize,
    }),
    activation_function: config.activation ?? 'gelu',
    scale_embedding: config.scaleEmbedding ?? false,
    tie_word_embeddings: config.tied ?? true,
    dropout: config.dropout ?? 0,
    attention_dropout: config.attentionDropout ?? 0,
    activation_dropout: config.activationDropout ?? 0,
    init_std: config.initializerRange ?? 0.02,
  };
}

/** The names of a checkpoint of BART's kin. */
export function bartRules({ sharedEmbedding = true }: BartConfig): WeightRule[] {
  return [
    ...(sharedEmbedding
      ? [rule('model.shared.weight', 'encoder.embedding.tokens.weight')]
      : ['encoder', 'decoder'].map((side) =>
          rule(`model.${side}.embed_tokens.weight`, `${side}.embedding.tokens.weight`),
        )),
    rule('lm_head.weight', 'head.weight', transposed),
    rule('final_logits_bias', 'logitsBias'),
    ...side('encoder', 'encoder.stack'),
    ...side('decoder', 'decoder'),
  ];
}

function side(name: 'encoder' | 'decoder', stack: string): WeightRule[] {
  const [layer, block] = [`model.${name}.layers.{i}`, `${stack}.blocks.{i}`];
  return [
    rule(`model.${name}.embed_positions.weight`, `${name}.embedding.positions.weight`),
    ...pair(`model.${name}.layernorm_embedding`, `${name}.embedding.norm`),
    ...pair(`model.${name}.layer_norm`, `${stack}.norm`),
    ...attention(`${layer}.self_attn`, `${block}.mixer`),
    ...attention(`${layer}.encoder_attn`, `${block}.cross`),
    ...linear(`${layer}.fc1`, `${block}.feedForward.up`),
    ...linear(`${layer}.fc2`, `${block}.feedForward.down`),
    ...pair(`${layer}.final_layer_norm`, `${block}.feedForwardNorm`),
  ];
}

function attention(checkpoint: string, path: string): WeightRule[] {
  const parts = { q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' };
  return [
    ...Object.entries(parts).flatMap(([theirs, ours]) => linear(`${checkpoint}.${theirs}`, `${path}.${ours}`)),
    ...pair(`${checkpoint}_layer_norm`, `${path}Norm`),
  ];
}

function linear(checkpoint: string, path: string): WeightRule[] {
  return [rule(`${checkpoint}.weight`, `${path}.weight`, transposed), rule(`${checkpoint}.bias`, `${path}.bias`)];
}

function pair(checkpoint: string, path: string): WeightRule[] {
  return ['weight', 'bias'].map((name) => rule(`${checkpoint}.${name}`, `${path}.${name}`));
}

function checkHeads({ width, encoderHeads, decoderHeads, modelType }: BartConfig): void {
  if (width % encoderHeads === 0 && width % decoderHeads === 0) return;
  throw new SequiturError({
    where: `${modelType} config`,
    expected: 'a width that the numbers of heads divide',
    got: `width ${width}, ${encoderHeads} and ${decoderHeads} heads`,
  });
}
