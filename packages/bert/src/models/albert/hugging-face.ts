import { type AttributePart, attribute, linearRules, sameRules, type WeightRule } from '@sequitur/pretrained';
import { BertEncoder } from '../../encoder.js';
import { bertAttributes, contextLength } from '../bert/attributes.js';
import { embeddingRules, oldCheckpoints, weightAndBias } from '../bert/rules.js';
import { answers, encoderFamily, type HeadRules, maskedRules } from '../encoder-family.js';
import { type AlbertConfig, albertPresets, passesOf } from './config.js';

const masked = {
  dense: 'predictions.dense',
  norm: 'predictions.LayerNorm',
  decoder: 'predictions.decoder',
  bias: 'predictions.bias',
};

/** A head after the pooler, which has no name of its own below `pooler`. */
const pooled =
  (output?: string, path = 'head'): HeadRules =>
  (prefix) => [
    ...linearRules(`${prefix}pooler`, `${path}.pooler.dense`),
    ...(output ? linearRules(output, `${path}.output`) : []),
  ];

/** ALBERT (Lan et al. 2020). */
export const albertFamily = encoderFamily<AlbertConfig>({
  modelType: 'albert',
  name: 'Albert',
  prefix: 'albert.',
  presets: albertPresets,
  attributes: [
    { modelType: attribute.settled('albert') },
    ...(bertAttributes({
      ...{ vocabularySize: 30000, activation: 'gelu_new', startToken: 2, endToken: 3 },
    }) as readonly AttributePart<AlbertConfig>[]),
    attribute.written(() => ({ classifier_dropout: undefined })),
    {
      dropout: attribute.dropout('hidden_dropout_prob'),
      attentionDropout: attribute.dropout('attention_probs_dropout_prob'),
      contextLength: contextLength(),
      embeddingWidth: attribute.integer('embedding_size', 128, ({ width }) => width),
      groups: attribute.count('num_hidden_groups', 1),
      blocksPerGroup: attribute.count('inner_group_num', 1),
      classifierDropout: attribute.dropout('classifier_dropout_prob', 0.1),
    },
  ],
  build: (config, headKind) => ({
    encoder: new BertEncoder({ activation: 'gelu_new', ...config }, { passes: passesOf(config), projects: true }),
    headStyle: {
      ...{ poolerActivation: 'tanh', dropsBeforePooler: false, maskedActivation: config.activation ?? 'gelu_new' },
      dropout: headKind === 'questionAnswering' ? 0 : (config.classifierDropout ?? 0),
    },
  }),
  rules: (prefix, config) => [
    ...embeddingRules(prefix),
    ...linearRules(`${prefix}encoder.embedding_hidden_mapping_in`, 'encoder.embedding.project'),
    ...blockRules(config, prefix),
  ],
  masked,
  heads: {
    pooled: pooled(),
    preTraining: (prefix) => [
      ...maskedRules(masked, 'head.maskedLanguage'),
      ...pooled('sop_classifier.classifier', 'head.nextSentence')(prefix),
    ],
    maskedLanguage: () => maskedRules(masked),
    sequenceClassification: pooled('classifier'),
    tokenClassification: pooled('classifier'),
    questionAnswering: answers,
    multipleChoice: pooled('classifier'),
  },
  storedBuffers: oldCheckpoints.storedBuffers,
  // Left by classes that read it.
  ignored: (prefix) => weightAndBias(`${prefix}pooler`),
});

/** Parameters are named by the first pass that reads their block. */
function blockRules(config: AlbertConfig, prefix: string): WeightRule[] {
  const passes = passesOf(config);
  const { blocksPerGroup = 1 } = config;
  return [...new Set(passes)].flatMap((shared) => {
    const [group, inner] = [Math.floor(shared / blocksPerGroup), shared % blocksPerGroup];
    const layer = `${prefix}encoder.albert_layer_groups.${group}.albert_layers.${inner}`;
    const block = `encoder.stack.blocks.${passes.indexOf(shared)}`;
    return [
      ...linearRules(`${layer}.attention`, `${block}.mixer`, {
        ...{ query: 'query', key: 'key', value: 'value', dense: 'output' },
      }),
      ...linearRules(layer, `${block}.feedForward`, { ffn: 'up', ffn_output: 'down' }),
      ...sameRules(layer, block, {
        ...{ 'attention.LayerNorm': 'mixerNorm', full_layer_layer_norm: 'feedForwardNorm' },
      }),
    ];
  });
}
