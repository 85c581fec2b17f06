import { anInteger, linearRules, rule, sameRules, transposed } from '@sequitur/pretrained';
import { BertEncoder } from '../../encoder.js';
import { classifierDropout } from '../bert/attributes.js';
import {
  bertEncoderRules,
  bertFamily,
  embeddingBuffers,
  readBertShape,
  readTableSize,
  tiedDecoder,
  writeBertShape,
} from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';

const published = { modelType: 'electra', vocabularySize: 30522, contextLength: 512, embeddingWidth: 128 };

/** ELECTRA (Clark et al. 2020): the generator masks, the discriminator tells which tokens were replaced. */
export const electraFamily: EncoderFamily = {
  modelType: 'electra',
  classes: {
    ElectraModel: 'none',
    ElectraForPreTraining: 'replacedTokens',
    ElectraForMaskedLM: 'maskedLanguage',
    ElectraForSequenceClassification: 'sequenceClassification',
    ElectraForTokenClassification: 'tokenClassification',
    ElectraForQuestionAnswering: 'questionAnswering',
  },
  prefix: 'electra.',
  presets: { small: { ...published, width: 256, depth: 12, heads: 4, hiddenWidth: 1024 } },
  readConfig: (json) => ({
    ...readBertShape(json),
    modelType: 'electra',
    contextLength: readTableSize(json),
    embeddingWidth: json.take('embedding_size', anInteger(), 128),
  }),
  writeConfig: (config) => ({
    ...writeBertShape(config),
    max_position_embeddings: config.contextLength,
    embedding_size: config.embeddingWidth ?? config.width,
  }),
  build: (config, headKind) => ({
    encoder: new BertEncoder(config),
    // Its heads have exact gelu, independent of the encoder's activation.
    headStyle: {
      poolerActivation: 'gelu',
      dropsBeforePooler: true,
      maskedActivation: 'gelu',
      dropout: classifierDropout(config, headKind),
    },
  }),
  rules: (_config, prefix) => [
    ...bertEncoderRules(prefix),
    ...linearRules(`${prefix}embeddings_project`, 'encoder.embedding.project'),
  ],
  headRules: (kind) => {
    switch (kind) {
      case 'replacedTokens':
        return [
          ...linearRules('discriminator_predictions.dense', 'head.dense'),
          ...linearRules('discriminator_predictions.dense_prediction', 'head.output'),
        ];
      case 'maskedLanguage':
        return [
          ...linearRules('generator_predictions.dense', 'head.dense'),
          ...sameRules('generator_predictions.LayerNorm', 'head.norm'),
          rule('generator_lm_head.weight', 'head.decoder.weight', transposed),
          rule('generator_lm_head.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
        return [
          ...linearRules('classifier.dense', 'head.pooler.dense'),
          ...linearRules('classifier.out_proj', 'head.output'),
        ];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      default:
        return linearRules('classifier', 'head.output');
    }
  },
  presentName: bertFamily.presentName!,
  tiedTensors: (config, prefix) => tiedDecoder('generator_lm_head.weight', config, prefix),
  storedBuffers: (_config, prefix) => embeddingBuffers(prefix),
};
