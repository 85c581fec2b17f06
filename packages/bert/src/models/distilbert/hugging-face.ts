import { attribute, linearRules, sameRules } from '@sequitur/pretrained';
import { contextLength, encoderTokens } from '../bert/attributes.js';
import { embeddingRules, oldCheckpoints } from '../bert/rules.js';
import { answers, classifier, encoderFamily, maskedRules } from '../encoder-family.js';
import { buildDistilbert } from './build.js';
import { distilbertPresets } from './config.js';

const masked = {
  dense: 'vocab_transform',
  norm: 'vocab_layer_norm',
  decoder: 'vocab_projector',
  bias: 'vocab_projector.bias',
};

const denseClassifier = () => linearRules('', 'head', { pre_classifier: 'pooler.dense', classifier: 'output' });

/** DistilBERT (Sanh et al. 2019): BERT without token types and pooler, half as deep. */
export const distilbertFamily = encoderFamily({
  modelType: 'distilbert',
  name: 'DistilBert',
  prefix: 'distilbert.',
  presets: distilbertPresets,
  aliases: { hidden_size: 'dim', num_attention_heads: 'n_heads', num_hidden_layers: 'n_layers' },
  attributes: [
    { modelType: attribute.settled('distilbert') },
    encoderTokens({}),
    {
      vocabularySize: attribute.integer('vocab_size', 30522),
      contextLength: contextLength(),
      width: attribute.integer('dim', 768),
      depth: attribute.count('n_layers', 6),
      heads: attribute.count('n_heads', 12),
      hiddenWidth: attribute.integer('hidden_dim', 3072, ({ width }) => 4 * width),
      activation: attribute.activation('activation', 'gelu'),
      sinusoidal: attribute.flag('sinusoidal_pos_embds', false),
      tokenTypeCount: attribute.settled(0),
      dropout: attribute.dropout('dropout', 0.1),
      attentionDropout: attribute.dropout('attention_dropout', 0.1),
      classifierDropout: attribute.share('seq_classif_dropout', 0.2),
      answerDropout: attribute.share('qa_dropout', 0.1),
      initializerRange: attribute.positive('initializer_range', 0.02),
    },
  ],
  build: buildDistilbert,
  rules: (prefix) => {
    const [layer, block] = [`${prefix}transformer.layer.{i}`, 'encoder.stack.blocks.{i}'];
    return [
      ...embeddingRules(prefix),
      ...linearRules(`${layer}.attention`, `${block}.mixer`, {
        ...{ q_lin: 'query', k_lin: 'key', v_lin: 'value', out_lin: 'output' },
      }),
      ...linearRules(`${layer}.ffn`, `${block}.feedForward`, { lin1: 'up', lin2: 'down' }),
      ...sameRules(layer, block, { sa_layer_norm: 'mixerNorm', output_layer_norm: 'feedForwardNorm' }),
    ];
  },
  masked,
  heads: {
    none: () => [],
    maskedLanguage: () => maskedRules(masked),
    sequenceClassification: denseClassifier,
    tokenClassification: classifier,
    questionAnswering: answers,
    multipleChoice: denseClassifier,
  },
  ...oldCheckpoints,
});
