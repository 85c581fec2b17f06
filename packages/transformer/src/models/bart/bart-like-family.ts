import { SequiturError } from '@sequitur/core';
import {
  type AttributeTable,
  attribute,
  attributeTable,
  linearRules,
  readLabels,
  rule,
  sameRules,
  type TiedTensor,
  transposed,
  type WeightRule,
  writeLabels,
} from '@sequitur/pretrained';
import { type CommonDefaults, commonAttributes } from '../../sequence-to-sequence/attributes.js';
import type { EncoderDecoderFamily } from '../../sequence-to-sequence/family.js';
import { buildBartLike } from './build.js';
import type { BartConfig, BartLayout } from './config.js';

export interface BartFamilyOptions extends BartLayout {
  readonly modelType: string;
  /** The name of Python's class. */
  readonly architecture: string;
  /** The name of Python's class with a classification head, where it has one. */
  readonly classifier?: string;
  readonly presets?: Readonly<Record<string, BartConfig>>;
  /** Defaults of the config. */
  readonly defaults: CommonDefaults & BartDefaults;
  /** Whether encoder and decoder may have separate vocabularies, as in Marian; default false. */
  readonly separableVocabularies?: boolean;
}

/** The sizes that Python's class uses where the config has none; default those of BART. */
interface BartDefaults {
  readonly vocabularySize?: number;
  readonly width?: number;
  readonly contextLength?: number;
  readonly encoderDepth?: number;
  readonly decoderDepth?: number;
  readonly heads?: number;
  readonly hiddenWidth?: number;
  /** Other attributes in which a class differs from BART's. */
  readonly others?: Partial<Pick<BartConfig, 'activation' | 'scaleEmbedding' | 'attentionDropout'>>;
}

/** A family of BART-like models. */
export function bartLikeFamily(options: BartFamilyOptions): EncoderDecoderFamily<BartConfig> {
  const { modelType, architecture, presets = {} } = options;
  const attributes = bartAttributes(options);
  return {
    modelType,
    classes: {
      [architecture]: 'languageModel',
      ...(options.classifier && { [options.classifier]: 'sequenceClassification' }),
    },
    headRules: (kind) =>
      kind === 'sequenceClassification'
        ? linearRules('classification_head', 'head', { dense: 'dense', out_proj: 'output' })
        : [],
    prefix: '',
    presets,
    aliases: {
      ...{ hidden_size: 'd_model', num_hidden_layers: 'encoder_layers' },
      num_attention_heads: 'encoder_attention_heads',
    },
    readConfig: (json) => attributes.read(json),
    resolve: (config, { tensors }) => {
      const logitsBias = tensors.has('final_logits_bias');
      if (options.positions === 'learned' || options.positions === 'countedSinusoidal')
        return { ...config, logitsBias };
      const stored = tensors.has('model.encoder.embed_positions.weight');
      return { ...config, logitsBias, positions: stored ? 'storedSinusoidal' : 'sinusoidal' };
    },
    writeConfig: (config) => attributes.write(config),
    build: (config) => {
      checkHeads(config);
      checkTables(config, options);
      return buildBartLike(config, options);
    },
    rules: bartRules,
    // The class ignores the shared table where encoder and decoder have separate ones. Old checkpoints store sinusoids,
    // which are computed here.
    ignoredTensors: ({ sharedEmbedding = true }) => [
      ...(sharedEmbedding ? [] : [SHARED]),
      ...(options.positions === 'countedSinusoidal'
        ? ['encoder', 'decoder'].map((side) => `model.${side}.embed_positions.weights`)
        : []),
    ],
    tiedTensors: (config) => bartTies(config, options),
  };
}

function bartAttributes(options: BartFamilyOptions): AttributeTable<BartConfig> {
  const { vocabularySize = 50265, width = 1024, contextLength = 1024, ...sizes } = options.defaults;
  const { encoderDepth = 12, decoderDepth = 12, heads = 16, hiddenWidth = 4096, others = {}, ...common } = sizes;
  return attributeTable<BartConfig>(
    { modelType: attribute.settled(options.modelType) },
    attribute.fixed({ is_encoder_decoder: true }),
    commonAttributes(common),
    { read: readLabels, write: writeLabels },
    options.classifier ? { classifierDropout: attribute.dropout('classifier_dropout') } : {},
    {
      vocabularySize: attribute.integer('vocab_size', vocabularySize),
      width: attribute.integer('d_model', width),
      contextLength: attribute.integer('max_position_embeddings', contextLength),
      encoderDepth: attribute.count('encoder_layers', encoderDepth),
      encoderHeads: attribute.count('encoder_attention_heads', heads),
      encoderHiddenWidth: attribute.integer('encoder_ffn_dim', hiddenWidth),
      decoderDepth: attribute.count('decoder_layers', decoderDepth),
      decoderHeads: attribute.count('decoder_attention_heads', heads),
      decoderHiddenWidth: attribute.integer('decoder_ffn_dim', hiddenWidth),
      activation: attribute.activation('activation_function', others.activation ?? 'gelu', 'gelu'),
      scaleEmbedding: attribute.flag('scale_embedding', others.scaleEmbedding ?? false, false),
      tied: attribute.flag('tie_word_embeddings', true),
      dropout: attribute.dropout('dropout', 0.1),
      attentionDropout: attribute.dropout('attention_dropout', others.attentionDropout),
      activationDropout: attribute.dropout('activation_dropout'),
      initializerRange: attribute.positive('init_std', 0.02),
    },
    attribute.written(({ encoderDepth: depth }) => ({ num_hidden_layers: depth })),
    options.separableVocabularies ? vocabularies : {},
  );
}

const vocabularies = {
  sharedEmbedding: attribute.flag('share_encoder_decoder_embeddings', true),
  targetVocabularySize: attribute.integer('decoder_vocab_size', ({ vocabularySize }) => vocabularySize),
};

const SHARED = 'model.shared.weight';

function bartTies(
  { tied = true, sharedEmbedding = true }: BartConfig,
  { separableVocabularies = false }: BartFamilyOptions,
): TiedTensor[] {
  // A head that is tied to the shared table is separate where the decoder has another table.
  const untied = separableVocabularies ? { sharedEmbedding: false } : { sharedEmbedding: false, tied: false };
  const tables = sharedEmbedding
    ? ['encoder', 'decoder'].map((side) => ({ tensor: `model.${side}.embed_tokens.weight`, to: SHARED, untied }))
    : [];
  const table = sharedEmbedding ? SHARED : 'model.decoder.embed_tokens.weight';
  return [...tables, ...(tied ? [{ tensor: 'lm_head.weight', to: table, untied: { tied: false } }] : [])];
}

function bartRules({ sharedEmbedding = true }: BartConfig): WeightRule[] {
  return [
    ...(sharedEmbedding
      ? [rule(SHARED, 'encoder.embedding.tokens.weight')]
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
    ...sameRules(`model.${name}.layernorm_embedding`, `${name}.embedding.norm`),
    ...sameRules(`model.${name}.layer_norm`, `${stack}.norm`),
    ...attention(`${layer}.self_attn`, `${block}.mixer`),
    ...attention(`${layer}.encoder_attn`, `${block}.cross`),
    ...linearRules(layer, `${block}.feedForward`, { fc1: 'up', fc2: 'down' }),
    ...sameRules(`${layer}.final_layer_norm`, `${block}.feedForwardNorm`),
  ];
}

function attention(checkpoint: string, path: string): WeightRule[] {
  return [
    ...linearRules(checkpoint, path, { q_proj: 'query', k_proj: 'key', v_proj: 'value', out_proj: 'output' }),
    ...sameRules(`${checkpoint}_layer_norm`, `${path}Norm`),
  ];
}

/** Checks the tables: Python's classes share one, or have three, of encoder, decoder and head. */
function checkTables(
  { sharedEmbedding = true, tied = true, modelType }: BartConfig,
  { separableVocabularies }: BartFamilyOptions,
): void {
  if (sharedEmbedding || !tied || separableVocabularies) return;
  throw new SequiturError({
    where: `${modelType} config`,
    expected: 'tied: false with sharedEmbedding: false',
    got: 'tied embeddings that are not shared, which no Python class supports',
  });
}

function checkHeads({ width, encoderHeads, decoderHeads, modelType }: BartConfig): void {
  if (width % encoderHeads === 0 && width % decoderHeads === 0) return;
  throw new SequiturError({
    where: `${modelType} config`,
    expected: 'a width that the numbers of heads divide',
    got: `width ${width}, ${encoderHeads} and ${decoderHeads} heads`,
  });
}
