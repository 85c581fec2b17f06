import { attribute, linearRules } from '@sequitur/pretrained';
import { BertEncoder } from '../../encoder.js';
import { bertAttributes, classifierDropout, contextLength } from '../bert/attributes.js';
import { bertRules, oldCheckpoints } from '../bert/rules.js';
import { answers, classifier, denseClassifier, encoderFamily, maskedRules } from '../encoder-family.js';

const published = { modelType: 'electra', vocabularySize: 30522, contextLength: 512, embeddingWidth: 128 };

const masked = {
  dense: 'generator_predictions.dense',
  norm: 'generator_predictions.LayerNorm',
  decoder: 'generator_lm_head',
  bias: 'generator_lm_head.bias',
};

/** ELECTRA (Clark et al. 2020): the generator masks, the discriminator tells which tokens were replaced. */
export const electraFamily = encoderFamily({
  modelType: 'electra',
  name: 'Electra',
  prefix: 'electra.',
  presets: { small: { ...published, width: 256, depth: 12, heads: 4, hiddenWidth: 1024 } },
  attributes: [
    { modelType: attribute.settled('electra') },
    ...bertAttributes(),
    {
      contextLength: contextLength(),
      embeddingWidth: attribute.integer('embedding_size', 128, ({ width }) => width),
    },
  ],
  build: (config, headKind) => ({
    encoder: new BertEncoder(config),
    // Its heads have exact gelu, independent of the encoder's activation.
    headStyle: {
      ...{ poolerActivation: 'gelu', dropsBeforePooler: true, maskedActivation: 'gelu' },
      dropout: classifierDropout(config, headKind),
    },
  }),
  rules: (prefix) => [...bertRules(prefix), ...linearRules(`${prefix}embeddings_project`, 'encoder.embedding.project')],
  masked,
  heads: {
    none: () => [],
    replacedTokens: () =>
      linearRules('discriminator_predictions', 'head', { dense: 'dense', dense_prediction: 'output' }),
    maskedLanguage: () => maskedRules(masked),
    sequenceClassification: denseClassifier,
    tokenClassification: classifier,
    questionAnswering: answers,
  },
  ...oldCheckpoints,
});
