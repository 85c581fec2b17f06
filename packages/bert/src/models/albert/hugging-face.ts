import type { WeightRule } from '@sequitur/pretrained';
import {
  aCount,
  anInteger,
  aShare,
  linearRules,
  linearsRules,
  rule,
  sameRules,
  transposed,
} from '@sequitur/pretrained';
import { BertEncoder } from '../../encoder.js';
import { embeddingBuffers, readBertShape, readTableSize, tiedDecoder, writeBertShape } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { type AlbertConfig, albertPresets, passesOf } from './config.js';

/** ALBERT (Lan et al. 2020). */
export const albertFamily: EncoderFamily<AlbertConfig> = {
  modelType: 'albert',
  classes: {
    AlbertModel: 'pooled',
    AlbertForPreTraining: 'preTraining',
    AlbertForMaskedLM: 'maskedLanguage',
    AlbertForSequenceClassification: 'sequenceClassification',
    AlbertForTokenClassification: 'tokenClassification',
    AlbertForQuestionAnswering: 'questionAnswering',
    AlbertForMultipleChoice: 'multipleChoice',
  },
  prefix: 'albert.',
  presets: albertPresets,
  readConfig: (json) => ({
    ...readBertShape(json, { vocabularySize: 30000, activation: 'gelu_new', startToken: 2, endToken: 3 }),
    modelType: 'albert',
    contextLength: readTableSize(json),
    embeddingWidth: json.take('embedding_size', anInteger(), 128),
    groups: json.take('num_hidden_groups', aCount, 1),
    blocksPerGroup: json.take('inner_group_num', aCount, 1),
    dropout: json.take('hidden_dropout_prob', aShare, 0),
    attentionDropout: json.take('attention_probs_dropout_prob', aShare, 0),
    classifierDropout: json.take('classifier_dropout_prob', aShare, 0.1),
  }),
  writeConfig: (config) => {
    const { classifier_dropout: _, ...shape } = writeBertShape({ activation: 'gelu_new', ...config });
    return {
      ...shape,
      max_position_embeddings: config.contextLength,
      embedding_size: config.embeddingWidth ?? config.width,
      num_hidden_groups: config.groups ?? 1,
      inner_group_num: config.blocksPerGroup ?? 1,
      classifier_dropout_prob: config.classifierDropout ?? 0,
    };
  },
  build: (config, headKind) => ({
    encoder: new BertEncoder({ activation: 'gelu_new', ...config }, { passes: passesOf(config), projects: true }),
    headStyle: {
      poolerActivation: 'tanh',
      dropsBeforePooler: false,
      maskedActivation: config.activation ?? 'gelu_new',
      dropout: headKind === 'questionAnswering' ? 0 : (config.classifierDropout ?? 0),
    },
  }),
  rules: (config, prefix) => [
    ...['word', 'position', 'token_type'].map((name, index) => {
      const ours = ['tokens', 'positions', 'tokenTypes'][index];
      return rule(`${prefix}embeddings.${name}_embeddings.weight`, `encoder.embedding.${ours}.weight`);
    }),
    ...sameRules(`${prefix}embeddings.LayerNorm`, 'encoder.embedding.norm'),
    ...linearRules(`${prefix}encoder.embedding_hidden_mapping_in`, 'encoder.embedding.project'),
    ...blockRules(config, prefix),
  ],
  headRules: (kind, _config, prefix) => {
    const pooler = (path: string) => linearRules(`${prefix}pooler`, `${path}.pooler.dense`);
    switch (kind) {
      case 'pooled':
        return pooler('head');
      case 'maskedLanguage':
        return maskedRules('head');
      case 'preTraining':
        return [
          ...maskedRules('head.maskedLanguage'),
          ...pooler('head.nextSentence'),
          ...linearRules('sop_classifier.classifier', 'head.nextSentence.output'),
        ];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      default:
        return [...pooler('head'), ...linearRules('classifier', 'head.output')];
    }
  },
  // Left by classes that read it.
  ignoredTensors: (_config, prefix) => [`${prefix}pooler.weight`, `${prefix}pooler.bias`],
  tiedTensors: (config, prefix) => [
    { tensor: 'predictions.decoder.bias', to: 'predictions.bias' },
    ...tiedDecoder('predictions.decoder.weight', config, prefix),
  ],
  storedBuffers: (_config, prefix) => embeddingBuffers(prefix),
};

/** Parameters are named by the first pass that reads their block. */
function blockRules(config: AlbertConfig, prefix: string): WeightRule[] {
  const passes = passesOf(config);
  const { blocksPerGroup = 1 } = config;
  return [...new Set(passes)].flatMap((shared) => {
    const [group, inner] = [Math.floor(shared / blocksPerGroup), shared % blocksPerGroup];
    const layer = `${prefix}encoder.albert_layer_groups.${group}.albert_layers.${inner}`;
    const block = `encoder.stack.blocks.${passes.indexOf(shared)}`;
    return [
      ...linearsRules(`${layer}.attention`, `${block}.mixer`, {
        ...{ query: 'query', key: 'key', value: 'value', dense: 'output' },
      }),
      ...sameRules(`${layer}.attention.LayerNorm`, `${block}.mixerNorm`),
      ...linearsRules(layer, `${block}.feedForward`, { ffn: 'up', ffn_output: 'down' }),
      ...sameRules(`${layer}.full_layer_layer_norm`, `${block}.feedForwardNorm`),
    ];
  });
}

function maskedRules(path: string): WeightRule[] {
  return [
    ...linearRules('predictions.dense', `${path}.dense`),
    ...sameRules('predictions.LayerNorm', `${path}.norm`),
    rule('predictions.decoder.weight', `${path}.decoder.weight`, transposed),
    rule('predictions.bias', `${path}.bias`),
  ];
}
