import { activationNames } from '@sequitur/core';
import {
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  defined,
  EAGER,
  linearRules,
  linearsRules,
  oneOf,
  positionIds,
  rule,
  type SpecialTokens,
  type StoredBuffer,
  sameRules,
  type TiedTensor,
  tokenTypeIds,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import type { BertConfig } from '../../config.js';
import type { EncoderFamily } from '../encoder-family.js';
import { readCommon, readPositions, writeCommon, writePositions } from './attributes.js';
import { buildBert } from './build.js';
import { bertPresets } from './config.js';

const classes = {
  BertModel: 'pooled',
  BertForPreTraining: 'preTraining',
  BertForMaskedLM: 'maskedLanguage',
  BertForNextSentencePrediction: 'nextSentence',
  BertForSequenceClassification: 'sequenceClassification',
  BertForTokenClassification: 'tokenClassification',
  BertForQuestionAnswering: 'questionAnswering',
  BertForMultipleChoice: 'multipleChoice',
} as const;

/** BERT (Devlin et al. 2019). */
export const bertFamily: EncoderFamily = {
  modelType: 'bert',
  classes,
  prefix: 'bert.',
  presets: bertPresets,
  readConfig: (json) => ({ ...readBertShape(json), modelType: 'bert', contextLength: readTableSize(json) }),
  writeConfig: (config) => ({ ...writeBertShape(config), max_position_embeddings: config.contextLength }),
  build: buildBert,
  rules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, _config, prefix) => {
    const pooler = linearRules(`${prefix}pooler.dense`, 'head.pooler.dense');
    const classifier = [...pooler, ...linearRules('classifier', 'head.output')];
    switch (kind) {
      case 'pooled':
        return pooler;
      case 'maskedLanguage':
        return maskedRules('head');
      case 'nextSentence':
        return [...pooler, ...linearRules('cls.seq_relationship', 'head.output')];
      case 'preTraining':
        return [
          ...maskedRules('head.maskedLanguage'),
          ...linearRules(`${prefix}pooler.dense`, 'head.nextSentence.pooler.dense'),
          ...linearRules('cls.seq_relationship', 'head.nextSentence.output'),
        ];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      default:
        return classifier;
    }
  },
  presentName: (stored) => stored.replace(/\.gamma$/, '.weight').replace(/\.beta$/, '.bias'),
  // What pre-training leaves in checkpoints of classes that do not read it.
  ignoredTensors: (_config, prefix) => [
    ...[`${prefix}pooler.dense.weight`, `${prefix}pooler.dense.bias`],
    ...['cls.seq_relationship.weight', 'cls.seq_relationship.bias'],
  ],
  tiedTensors: (config, prefix) => [
    { tensor: 'cls.predictions.decoder.bias', to: 'cls.predictions.bias' },
    ...tiedDecoder('cls.predictions.decoder.weight', config, prefix),
  ],
  storedBuffers: (_config, prefix) => embeddingBuffers(prefix),
};

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger()],
  width: ['hidden_size', anInteger()],
  depth: ['num_hidden_layers', aCount],
  heads: ['num_attention_heads', aCount],
  hiddenWidth: ['intermediate_size', anInteger()],
  normEpsilon: ['layer_norm_eps', aPositive, 1e-12],
  tokenTypeCount: ['type_vocab_size', anInteger(), 2],
  dropout: ['hidden_dropout_prob', aShare, 0.1, 0],
  attentionDropout: ['attention_probs_dropout_prob', aShare, 0.1, 0],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

/** The output projection of a masked language head, tied to the embedding of tokens. */
export function tiedDecoder(tensor: string, { tied = true }: BertConfig, prefix: string): TiedTensor[] {
  return tied ? [{ tensor, to: `${prefix}embeddings.word_embeddings.weight`, untied: { tied: false } }] : [];
}

/** Ids that older checkpoints store with the embeddings. */
export function embeddingBuffers(prefix: string): StoredBuffer[] {
  return [positionIds(`${prefix}embeddings.position_ids`), tokenTypeIds(`${prefix}embeddings.token_type_ids`)];
}

/** The defaults of Python's class for attributes that the config does not have. */
export interface BertDefaults extends SpecialTokens {
  readonly vocabularySize?: number;
  readonly activation?: string;
}

/** The attributes that BERT shares with its descendants. */
export function readBertShape(
  json: ConfigReader,
  { vocabularySize: usual = 30522, activation = 'gelu', ...tokens }: BertDefaults = {},
): Omit<BertConfig, 'modelType' | 'contextLength'> {
  const vocabularySize = json.take('vocab_size', anInteger(), usual);
  return defined({
    ...attributes.read(json, { vocabularySize: usual, width: 768, depth: 12, heads: 12, hiddenWidth: 3072 }),
    activation: json.take('hidden_act', oneOf(activationNames), activation),
    positions: readPositions(json),
    classifierDropout: json.maybe('classifier_dropout', aShare),
    ...readCommon(json, tokens, vocabularySize),
  }) as Omit<BertConfig, 'modelType' | 'contextLength'>;
}

export function readTableSize(json: ConfigReader, usual = 512): number {
  return json.take('max_position_embeddings', anInteger(), usual);
}

export function writeBertShape(config: BertConfig): Record<string, unknown> {
  return {
    ...writeCommon(config),
    ...attributes.write({ ...config, hiddenWidth: config.hiddenWidth ?? 4 * config.width }),
    hidden_act: config.activation ?? 'gelu',
    position_embedding_type: writePositions(config),
    ...((config.positions ?? 'absolute') !== 'absolute' && EAGER),
    classifier_dropout: config.classifierDropout ?? null,
    use_cache: true,
  };
}

/** The names of BERT's encoder, which RoBERTa's has too. */
export function bertEncoderRules(prefix: string): WeightRule[] {
  const layer = `${prefix}encoder.layer.{i}`;
  const block = 'encoder.stack.blocks.{i}';
  return [
    rule(`${prefix}embeddings.word_embeddings.weight`, 'encoder.embedding.tokens.weight'),
    rule(`${prefix}embeddings.position_embeddings.weight`, 'encoder.embedding.positions.weight'),
    rule(`${prefix}embeddings.token_type_embeddings.weight`, 'encoder.embedding.tokenTypes.weight'),
    ...sameRules(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...linearsRules(`${layer}.attention.self`, `${block}.mixer`, { query: 'query', key: 'key', value: 'value' }),
    rule(`${layer}.attention.self.distance_embedding.weight`, `${block}.mixer.distances.weight`),
    ...linearRules(`${layer}.attention.output.dense`, `${block}.mixer.output`),
    ...sameRules(`${layer}.attention.output.LayerNorm`, `${block}.mixerNorm`),
    ...linearRules(`${layer}.intermediate.dense`, `${block}.feedForward.up`),
    ...linearRules(`${layer}.output.dense`, `${block}.feedForward.down`),
    ...sameRules(`${layer}.output.LayerNorm`, `${block}.feedForwardNorm`),
  ];
}

function maskedRules(path: string): WeightRule[] {
  return [
    ...linearRules('cls.predictions.transform.dense', `${path}.dense`),
    ...sameRules('cls.predictions.transform.LayerNorm', `${path}.norm`),
    rule('cls.predictions.decoder.weight', `${path}.decoder.weight`, transposed),
    rule('cls.predictions.bias', `${path}.bias`),
  ];
}
