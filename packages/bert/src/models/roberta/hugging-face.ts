import { anInteger, linearRules, rule, sameRules, transposed } from '@sequitur/pretrained';
import { bertEncoderRules, bertFamily, readBertShape, readTableSize, writeBertShape } from '../bert/hugging-face.js';
import type { EncoderFamily } from '../encoder-family.js';
import { buildRoberta } from './build.js';
import { robertaPresets } from './config.js';

/**
 * RoBERTa (Liu et al. 2019): BERT with positions counted over real tokens from `paddingToken` + 1 on, and other heads.
 */
export const robertaFamily: EncoderFamily = {
  modelType: 'roberta',
  classes: {
    RobertaModel: 'pooled',
    RobertaForMaskedLM: 'maskedLanguage',
    RobertaForSequenceClassification: 'sequenceClassification',
    RobertaForTokenClassification: 'tokenClassification',
    RobertaForQuestionAnswering: 'questionAnswering',
    RobertaForMultipleChoice: 'multipleChoice',
  },
  prefix: 'roberta.',
  presets: robertaPresets,
  readConfig: (json) => {
    const paddingToken = json.take('pad_token_id', anInteger(0), 1);
    const contextLength = readTableSize(json) - paddingToken - 1;
    return { ...readBertShape(json), modelType: 'roberta', contextLength, paddingToken };
  },
  writeConfig: (config) => ({
    ...writeBertShape({ ...config, paddingToken: config.paddingToken ?? 1 }),
    max_position_embeddings: config.contextLength + (config.paddingToken ?? 1) + 1,
  }),
  build: buildRoberta,
  rules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, _config, prefix) => {
    switch (kind) {
      case 'pooled':
        return linearRules(`${prefix}pooler.dense`, 'head.pooler.dense');
      case 'maskedLanguage':
        return [
          ...linearRules('lm_head.dense', 'head.dense'),
          ...sameRules('lm_head.layer_norm', 'head.norm'),
          rule('lm_head.decoder.weight', 'head.decoder.weight', transposed),
          rule('lm_head.bias', 'head.bias'),
        ];
      case 'sequenceClassification':
        return [
          ...linearRules('classifier.dense', 'head.pooler.dense'),
          ...linearRules('classifier.out_proj', 'head.output'),
        ];
      case 'questionAnswering':
        return linearRules('qa_outputs', 'head.output');
      case 'multipleChoice':
        return [
          ...linearRules(`${prefix}pooler.dense`, 'head.pooler.dense'),
          ...linearRules('classifier', 'head.output'),
        ];
      default:
        return linearRules('classifier', 'head.output');
    }
  },
  presentName: bertFamily.presentName!,
  ignoredTensors: ({ tied = true }, prefix) => [
    `${prefix}embeddings.position_ids`,
    `${prefix}embeddings.token_type_ids`,
    'lm_head.decoder.bias',
    ...[`${prefix}pooler.dense.weight`, `${prefix}pooler.dense.bias`], // left by classes that read it
    ...(tied ? ['lm_head.decoder.weight'] : []),
  ],
};
