import { anInteger, oneOf, rule, transposed } from '@sequitur/pretrained';
import { BertEncoder } from '../encoder.js';
import {
  maskedLanguage,
  multipleChoice,
  pooled,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import { BOOKKEEPING, classifierDropout } from './attributes.js';
import { bertEncoderRules, readBertShape, readTableSize, writeBertShape } from './bert.js';
import type { EncoderFamily } from './family.js';
import { linear, norm } from './rules.js';

/** RoBERTa (Liu et al. 2019): BERT with positions that count real tokens from `paddingToken` + 1 on, and heads of its own. */
export const robertaFamily: EncoderFamily = {
  modelType: 'roberta',
  heads: {
    RobertaModel: pooled(),
    RobertaForMaskedLM: maskedLanguage(),
    RobertaForSequenceClassification: sequenceClassification(),
    RobertaForTokenClassification: tokenClassification(),
    RobertaForQuestionAnswering: questionAnswering(),
    RobertaForMultipleChoice: multipleChoice(),
  },
  prefix: 'roberta.',
  readConfig: (json) => {
    json.take('model_type', oneOf(['roberta']));
    const paddingToken = json.take('pad_token_id', anInteger(0), 1);
    const contextLength = readTableSize(json) - paddingToken - 1;
    const config = { ...readBertShape(json), modelType: 'roberta', contextLength, paddingToken };
    json.finish([...BOOKKEEPING, 'architectures']);
    return config;
  },
  writeConfig: (config) => ({
    ...writeBertShape({ ...config, paddingToken: config.paddingToken ?? 1 }),
    max_position_embeddings: config.contextLength + (config.paddingToken ?? 1) + 1,
  }),
  createEncoder: (config) =>
    new BertEncoder({ ...config, paddingToken: config.paddingToken ?? 1 }, { skipsPadding: true }),
  // The class takes the exact gelu here, whatever the configuration says of the encoder.
  headStyle: (config, kind) => ({
    poolerActivation: 'tanh',
    dropsBeforePooler: kind === 'sequenceClassification',
    maskedActivation: 'gelu',
    dropout: kind === 'multipleChoice' ? (config.dropout ?? 0) : classifierDropout(config, kind),
  }),
  encoderRules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, prefix) => {
    switch (kind) {
      case 'pooled':
        return linear(`${prefix}pooler.dense`, 'head.pooler.dense');
      case 'maskedLanguage':
        return [
          ...linear('lm_head.dense', 'head.dense'),
          ...norm('lm_head.layer_norm', 'head.norm'),
          rule('lm_head.decoder.weight', 'head.decoder.weight', transposed),
          rule('lm_head.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
        return [...linear('classifier.dense', 'head.pooler.dense'), ...linear('classifier.out_proj', 'head.output')];
      case 'questionAnswering':
        return linear('qa_outputs', 'head.output');
      case 'multipleChoice':
        return [...linear(`${prefix}pooler.dense`, 'head.pooler.dense'), ...linear('classifier', 'head.output')];
      default:
        return linear('classifier', 'head.output');
    }
  },
  ignoredTensors: ({ tied = true }, prefix) => [
    `${prefix}embeddings.position_ids`,
    `${prefix}embeddings.token_type_ids`,
    'lm_head.decoder.bias',
    ...[`${prefix}pooler.dense.weight`, `${prefix}pooler.dense.bias`], // left by classes that read it
    ...(tied ? ['lm_head.decoder.weight'] : []),
  ],
};
