import { activationNames } from '@sequitur/core';
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
import type { BertConfig } from '../config.js';
import { BertEncoder } from '../encoder.js';
import {
  maskedLanguage,
  multipleChoice,
  noHead,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import { BOOKKEEPING, readCommon, writeCommon } from './attributes.js';
import type { EncoderFamily } from './family.js';
import { linear, norm } from './rules.js';

/** DistilBERT (Sanh et al. 2019): BERT without segments and pooler, half as deep. */
export const distilbertFamily: EncoderFamily = {
  modelType: 'distilbert',
  heads: {
    DistilBertModel: noHead(),
    DistilBertForMaskedLM: maskedLanguage(),
    DistilBertForSequenceClassification: sequenceClassification(),
    DistilBertForTokenClassification: tokenClassification(),
    DistilBertForQuestionAnswering: questionAnswering(),
    DistilBertForMultipleChoice: multipleChoice(),
  },
  prefix: 'distilbert.',
  readConfig,
  writeConfig,
  createEncoder: (config) => new BertEncoder({ ...config, tokenTypeCount: 0 }),
  headStyle: (config, kind) => ({
    poolerActivation: 'relu',
    dropsBeforePooler: false,
    maskedActivation: config.activation ?? 'gelu',
    dropout: headDropout(config, kind),
  }),
  encoderRules: (_config, prefix) => encoderRules(prefix),
  headRules: (kind) => {
    switch (kind) {
      case 'maskedLanguage':
        return [
          ...linear('vocab_transform', 'head.dense'),
          ...norm('vocab_layer_norm', 'head.norm'),
          rule('vocab_projector.weight', 'head.decoder.weight', transposed),
          rule('vocab_projector.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
      case 'multipleChoice':
        return [...linear('pre_classifier', 'head.pooler.dense'), ...linear('classifier', 'head.output')];
      case 'questionAnswering':
        return linear('qa_outputs', 'head.output');
      default:
        return linear('classifier', 'head.output');
    }
  },
  ignoredTensors: ({ tied = true }, prefix) => [
    `${prefix}embeddings.position_ids`,
    ...(tied ? ['vocab_projector.weight'] : []),
  ],
};

/** Each class takes it from another attribute. */
function headDropout(
  { dropout = 0, classifierDropout = dropout, answerDropout = 0 }: BertConfig,
  kind: string,
): number {
  if (kind === 'questionAnswering') return answerDropout;
  return kind === 'tokenClassification' ? dropout : classifierDropout;
}

function readConfig(json: ConfigReader): BertConfig {
  json.take('model_type', oneOf(['distilbert']));
  const config: BertConfig = {
    modelType: 'distilbert',
    vocabularySize: json.take('vocab_size', anInteger()),
    contextLength: json.take('max_position_embeddings', anInteger(), 512),
    width: json.take('dim', anInteger()),
    depth: json.take('n_layers', aCount),
    heads: json.take('n_heads', aCount),
    hiddenWidth: json.take('hidden_dim', anInteger()),
    activation: json.take('activation', oneOf(activationNames), 'gelu'),
    tokenTypeCount: 0,
    sinusoidal: json.take('sinusoidal_pos_embds', aBoolean, false),
    dropout: json.take('dropout', aShare, 0.1),
    attentionDropout: json.take('attention_dropout', aShare, 0.1),
    classifierDropout: json.take('seq_classif_dropout', aShare, 0.2),
    answerDropout: json.take('qa_dropout', aShare, 0.1),
    initializerRange: json.take('initializer_range', aPositive, 0.02),
    ...readCommon(json),
  };
  json.finish([...BOOKKEEPING, 'architectures', 'tie_weights_']);
  return config;
}

function writeConfig(config: BertConfig): Record<string, unknown> {
  return {
    ...writeCommon(config),
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    dim: config.width,
    n_layers: config.depth,
    n_heads: config.heads,
    hidden_dim: config.hiddenWidth ?? 4 * config.width,
    activation: config.activation ?? 'gelu',
    sinusoidal_pos_embds: config.sinusoidal ?? false,
    dropout: config.dropout ?? 0,
    attention_dropout: config.attentionDropout ?? 0,
    seq_classif_dropout: config.classifierDropout ?? 0.2,
    qa_dropout: config.answerDropout ?? 0.1,
    initializer_range: config.initializerRange ?? 0.02,
  };
}

function encoderRules(prefix: string): WeightRule[] {
  const layer = `${prefix}transformer.layer.{i}`;
  const block = 'encoder.stack.blocks.{i}';
  return [
    rule(`${prefix}embeddings.word_embeddings.weight`, 'encoder.embedding.tokens.weight'),
    rule(`${prefix}embeddings.position_embeddings.weight`, 'encoder.embedding.positions.weight'),
    ...norm(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...linear(`${layer}.attention.q_lin`, `${block}.mixer.query`),
    ...linear(`${layer}.attention.k_lin`, `${block}.mixer.key`),
    ...linear(`${layer}.attention.v_lin`, `${block}.mixer.value`),
    ...linear(`${layer}.attention.out_lin`, `${block}.mixer.output`),
    ...norm(`${layer}.sa_layer_norm`, `${block}.mixerNorm`),
    ...linear(`${layer}.ffn.lin1`, `${block}.feedForward.up`),
    ...linear(`${layer}.ffn.lin2`, `${block}.feedForward.down`),
    ...norm(`${layer}.output_layer_norm`, `${block}.feedForwardNorm`),
  ];
}
