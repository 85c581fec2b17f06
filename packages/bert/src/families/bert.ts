import { activationNames } from '@sequitur/core';
import {
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
import type { BertConfig } from '../config.js';
import { BertEncoder } from '../encoder.js';
import {
  type HeadPart,
  maskedLanguage,
  multipleChoice,
  nextSentence,
  pooled,
  preTraining,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import {
  BOOKKEEPING,
  classifierDropout,
  present,
  readCommon,
  readPositions,
  writeCommon,
  writePositions,
} from './attributes.js';
import type { EncoderFamily } from './family.js';
import { linear, norm } from './rules.js';

const heads: Readonly<Record<string, HeadPart>> = {
  BertModel: pooled(),
  BertForPreTraining: preTraining(),
  BertForMaskedLM: maskedLanguage(),
  BertForNextSentencePrediction: nextSentence(),
  BertForSequenceClassification: sequenceClassification(),
  BertForTokenClassification: tokenClassification(),
  BertForQuestionAnswering: questionAnswering(),
  BertForMultipleChoice: multipleChoice(),
};

/** BERT (Devlin et al. 2019). */
export const bertFamily: EncoderFamily = {
  modelType: 'bert',
  heads,
  prefix: 'bert.',
  readConfig: (json) => {
    json.take('model_type', oneOf(['bert']));
    const config = { ...readBertShape(json), modelType: 'bert', contextLength: readTableSize(json) };
    json.finish([...BOOKKEEPING, 'architectures']);
    return config;
  },
  writeConfig: (config) => ({ ...writeBertShape(config), max_position_embeddings: config.contextLength }),
  createEncoder: (config) => new BertEncoder(config),
  headStyle: (config, kind) => ({
    poolerActivation: 'tanh',
    dropsBeforePooler: false,
    maskedActivation: config.activation ?? 'gelu',
    dropout: classifierDropout(config, kind),
  }),
  encoderRules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, prefix) => {
    const pooler = linear(`${prefix}pooler.dense`, 'head.pooler.dense');
    const classifier = [...pooler, ...linear('classifier', 'head.output')];
    switch (kind) {
      case 'pooled':
        return pooler;
      case 'maskedLanguage':
        return maskedRules('head');
      case 'nextSentence':
        return [...pooler, ...linear('cls.seq_relationship', 'head.output')];
      case 'preTraining':
        return [
          ...maskedRules('head.maskedLanguage'),
          ...linear(`${prefix}pooler.dense`, 'head.nextSentence.pooler.dense'),
          ...linear('cls.seq_relationship', 'head.nextSentence.output'),
        ];
      case 'questionAnswering':
        return linear('qa_outputs', 'head.output');
      default:
        return classifier;
    }
  },
  ignoredTensors: ({ tied = true }, prefix) => [
    `${prefix}embeddings.position_ids`,
    `${prefix}embeddings.token_type_ids`,
    'cls.predictions.decoder.bias', // the bias a second time
    // What pre-training leaves in checkpoints of classes that do not read it.
    ...[`${prefix}pooler.dense.weight`, `${prefix}pooler.dense.bias`],
    ...['cls.seq_relationship.weight', 'cls.seq_relationship.bias'],
    ...(tied ? ['cls.predictions.decoder.weight'] : []),
  ],
};

/** The attributes that BERT shares with its descendants. */
export function readBertShape(
  json: ConfigReader,
  activation = 'gelu',
): Omit<BertConfig, 'modelType' | 'contextLength'> {
  return {
    vocabularySize: json.take('vocab_size', anInteger()),
    width: json.take('hidden_size', anInteger()),
    depth: json.take('num_hidden_layers', aCount),
    heads: json.take('num_attention_heads', aCount),
    hiddenWidth: json.take('intermediate_size', anInteger()),
    activation: json.take('hidden_act', oneOf(activationNames), activation),
    normEpsilon: json.take('layer_norm_eps', aPositive, 1e-12),
    tokenTypeCount: json.take('type_vocab_size', anInteger(), 2),
    positions: readPositions(json),
    dropout: json.take('hidden_dropout_prob', aShare, 0.1),
    attentionDropout: json.take('attention_probs_dropout_prob', aShare, 0.1),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
    ...present({ classifierDropout: json.maybe('classifier_dropout', aShare) }),
    ...readCommon(json),
  };
}

export function readTableSize(json: ConfigReader): number {
  return json.take('max_position_embeddings', anInteger(), 512);
}

export function writeBertShape(config: BertConfig): Record<string, unknown> {
  return {
    ...writeCommon(config),
    vocab_size: config.vocabularySize,
    hidden_size: config.width,
    num_hidden_layers: config.depth,
    num_attention_heads: config.heads,
    intermediate_size: config.hiddenWidth ?? 4 * config.width,
    hidden_act: config.activation ?? 'gelu',
    layer_norm_eps: config.normEpsilon ?? 1e-12,
    type_vocab_size: config.tokenTypeCount ?? 2,
    position_embedding_type: writePositions(config),
    hidden_dropout_prob: config.dropout ?? 0,
    attention_probs_dropout_prob: config.attentionDropout ?? 0,
    classifier_dropout: config.classifierDropout ?? null,
    initializer_range: config.initializerRange ?? 0.02,
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
    ...norm(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...['query', 'key', 'value'].flatMap((part) => linear(`${layer}.attention.self.${part}`, `${block}.mixer.${part}`)),
    rule(`${layer}.attention.self.distance_embedding.weight`, `${block}.mixer.distances.weight`),
    ...linear(`${layer}.attention.output.dense`, `${block}.mixer.output`),
    ...norm(`${layer}.attention.output.LayerNorm`, `${block}.mixerNorm`),
    ...linear(`${layer}.intermediate.dense`, `${block}.feedForward.up`),
    ...linear(`${layer}.output.dense`, `${block}.feedForward.down`),
    ...norm(`${layer}.output.LayerNorm`, `${block}.feedForwardNorm`),
  ];
}

function maskedRules(path: string): WeightRule[] {
  return [
    ...linear('cls.predictions.transform.dense', `${path}.dense`),
    ...norm('cls.predictions.transform.LayerNorm', `${path}.norm`),
    rule('cls.predictions.decoder.weight', `${path}.decoder.weight`, transposed),
    rule('cls.predictions.bias', `${path}.bias`),
  ];
}
