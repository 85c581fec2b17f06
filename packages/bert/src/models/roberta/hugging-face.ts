import { anInteger, linearRules, rule, sameRules, transposed } from '@sequitur/pretrained';
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
import { buildRoberta } from './build.js';
import { robertaPresets } from './config.js';

/**
 * RoBERTa (Liu et al. 2019): BERT with positions counted over real tokens from `paddingToken` + 1 on, and other heads.
 */
export const robertaFamily = robertaLikeFamily('roberta', 'Roberta', 50265);

/** A family built like RoBERTa. @param name what the names of Python's classes begin with */
export function robertaLikeFamily(modelType: string, name: string, vocabularySize: number): EncoderFamily {
  return {
    modelType,
    classes: {
      [`${name}Model`]: 'pooled',
      [`${name}ForMaskedLM`]: 'maskedLanguage',
      [`${name}ForSequenceClassification`]: 'sequenceClassification',
      [`${name}ForTokenClassification`]: 'tokenClassification',
      [`${name}ForQuestionAnswering`]: 'questionAnswering',
      [`${name}ForMultipleChoice`]: 'multipleChoice',
    },
    prefix: 'roberta.',
    presets: robertaPresets,
    readConfig: (json) => {
      const paddingToken = json.take('pad_token_id', anInteger(0), 1);
      const contextLength = readTableSize(json) - paddingToken - 1;
      const shape = readBertShape(json, { vocabularySize, startToken: 0, endToken: 2, paddingToken: 1 });
      return { ...shape, modelType, contextLength, paddingToken };
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
    // Left by classes that read it.
    ignoredTensors: (_config, prefix) => [`${prefix}pooler.dense.weight`, `${prefix}pooler.dense.bias`],
    tiedTensors: (config, prefix) => [
      { tensor: 'lm_head.decoder.bias', to: 'lm_head.bias' },
      ...tiedDecoder('lm_head.decoder.weight', config, prefix),
    ],
    storedBuffers: (_config, prefix) => embeddingBuffers(prefix),
  };
}
