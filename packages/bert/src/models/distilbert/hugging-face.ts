import { activationNames } from '@sequitur/core';
import {
  aBoolean,
  aCount,
  anInteger,
  aPositive,
  aShare,
  attributeTable,
  type ConfigReader,
  linearRules,
  linearsRules,
  oneOf,
  rule,
  sameRules,
  transposed,
  type WeightRule,
} from '@sequitur/pretrained';
import type { BertConfig } from '../../config.js';
import { readCommon, writeCommon } from '../bert/attributes.js';
import { bertFamily, embeddingBuffers, tiedDecoder } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { buildDistilbert } from './build.js';
import { distilbertPresets } from './config.js';

/** DistilBERT (Sanh et al. 2019): BERT without token types and pooler, half as deep. */
export const distilbertFamily: EncoderFamily = {
  modelType: 'distilbert',
  classes: {
    DistilBertModel: 'none',
    DistilBertForMaskedLM: 'maskedLanguage',
    DistilBertForSequenceClassification: 'sequenceClassification',
    DistilBertForTokenClassification: 'tokenClassification',
    DistilBertForQuestionAnswering: 'questionAnswering',
    DistilBertForMultipleChoice: 'multipleChoice',
  },
  prefix: 'distilbert.',
  presets: distilbertPresets,
  aliases: { hidden_size: 'dim', num_attention_heads: 'n_heads', num_hidden_layers: 'n_layers' },
  readConfig,
  writeConfig,
  build: buildDistilbert,
  rules: (_config, prefix) => encoderRules(prefix),
  headRules: (kind) => {
    switch (kind) {
      case 'maskedLanguage':
        return [
          ...linearRules('vocab_transform', 'head.dense'),
          ...sameRules('vocab_layer_norm', 'head.norm'),
          rule('vocab_projector.weight', 'head.decoder.weight', transposed),
          rule('vocab_projector.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
      case 'multipleChoice':
        return [...linearRules('pre_classifier', 'head.pooler.dense'), ...linearRules('classifier', 'head.output')];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      default:
        return linearRules('classifier', 'head.output');
    }
  },
  presentName: bertFamily.presentName!,
  tiedTensors: (config, prefix) => tiedDecoder('vocab_projector.weight', config, prefix),
  storedBuffers: (_config, prefix) => embeddingBuffers(prefix),
};

const attributes = attributeTable({
  vocabularySize: ['vocab_size', anInteger()],
  contextLength: ['max_position_embeddings', anInteger(), 512],
  width: ['dim', anInteger()],
  depth: ['n_layers', aCount],
  heads: ['n_heads', aCount],
  hiddenWidth: ['hidden_dim', anInteger()],
  activation: ['activation', oneOf(activationNames), 'gelu'],
  sinusoidal: ['sinusoidal_pos_embds', aBoolean, false],
  dropout: ['dropout', aShare, 0.1, 0],
  attentionDropout: ['attention_dropout', aShare, 0.1, 0],
  classifierDropout: ['seq_classif_dropout', aShare, 0.2],
  answerDropout: ['qa_dropout', aShare, 0.1],
  initializerRange: ['initializer_range', aPositive, 0.02],
});

function readConfig(json: ConfigReader): BertConfig {
  const values = attributes.read(json, { vocabularySize: 30522, width: 768, depth: 6, heads: 12, hiddenWidth: 3072 });
  return { modelType: 'distilbert', ...values, tokenTypeCount: 0, ...readCommon(json, {}, values.vocabularySize) };
}

function writeConfig(config: BertConfig): Record<string, unknown> {
  const { width, hiddenWidth = 4 * width } = config;
  return { ...writeCommon(config), ...attributes.write({ ...config, hiddenWidth }) };
}

function encoderRules(prefix: string): WeightRule[] {
  const layer = `${prefix}transformer.layer.{i}`;
  const block = 'encoder.stack.blocks.{i}';
  return [
    rule(`${prefix}embeddings.word_embeddings.weight`, 'encoder.embedding.tokens.weight'),
    rule(`${prefix}embeddings.position_embeddings.weight`, 'encoder.embedding.positions.weight'),
    ...sameRules(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...linearsRules(`${layer}.attention`, `${block}.mixer`, {
      ...{ q_lin: 'query', k_lin: 'key', v_lin: 'value', out_lin: 'output' },
    }),
    ...sameRules(`${layer}.sa_layer_norm`, `${block}.mixerNorm`),
    ...linearRules(`${layer}.ffn.lin1`, `${block}.feedForward.up`),
    ...linearRules(`${layer}.ffn.lin2`, `${block}.feedForward.down`),
    ...sameRules(`${layer}.output_layer_norm`, `${block}.feedForwardNorm`),
  ];
}
