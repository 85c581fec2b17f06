import { aBoolean, anInteger, type ConfigReader, Linear, normal, oneOf } from '@sequitur/core';
import type { BigBirdConfig } from '../big-bird/config.js';
import { BigBirdEncoder } from '../big-bird/encoder.js';
import {
  maskedLanguage,
  multipleChoice,
  pooled,
  preTraining,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import { BOOKKEEPING } from './attributes.js';
import { bertEncoderRules, bertFamily, readBertShape, readTableSize, writeBertShape } from './bert.js';
import type { EncoderFamily } from './family.js';
import { linear } from './rules.js';

/** BigBird (Zaheer et al. 2020): BERT that reads long texts sparsely. Its question answering head is not built. */
export const bigBirdFamily: EncoderFamily<BigBirdConfig> = {
  modelType: 'big_bird',
  heads: {
    BigBirdModel: pooled(),
    BigBirdForPreTraining: preTraining(),
    BigBirdForMaskedLM: maskedLanguage(),
    BigBirdForSequenceClassification: sequenceClassification(),
    BigBirdForTokenClassification: tokenClassification(),
    BigBirdForMultipleChoice: multipleChoice(),
  },
  prefix: 'bert.',
  readConfig,
  writeConfig: (config) => {
    const { position_embedding_type: _, ...shape } = writeBertShape(config);
    return {
      ...shape,
      max_position_embeddings: config.contextLength,
      attention_type: (config.sparse ?? true) ? 'block_sparse' : 'original_full',
      block_size: config.blockSize,
      num_random_blocks: config.randomBlocks,
      use_bias: config.attentionBias ?? true,
      rescale_embeddings: config.rescalesEmbedding ?? false,
      sep_token_id: config.separatorToken ?? 66,
    };
  },
  createEncoder: (config) => new BigBirdEncoder(config),
  headStyle: ({ activation = 'gelu_new' }, kind) => {
    const isClassifier = kind === 'sequenceClassification';
    return {
      poolerActivation: isClassifier ? activation : 'tanh',
      dropsBeforePooler: isClassifier,
      maskedActivation: activation,
    };
  },
  unusedPart: (kind, { width, initialDeviation = 0.02 }) =>
    readsPooler(kind) ? null : new Linear(width, width, { initializer: normal(initialDeviation) }),
  encoderRules: (_config, prefix) => bertEncoderRules(prefix),
  headRules: (kind, prefix) => {
    const pooler = linear(`${prefix}pooler`, 'head.pooler.dense');
    const unused = linear(`${prefix}pooler`, 'unused');
    switch (kind) {
      case 'pooled':
        return pooler;
      case 'sequenceClassification':
        return [
          ...unused,
          ...linear('classifier.dense', 'head.pooler.dense'),
          ...linear('classifier.out_proj', 'head.output'),
        ];
      case 'multipleChoice':
        return [...pooler, ...linear('classifier', 'head.output')];
      case 'preTraining':
        return [
          ...bertFamily.headRules('preTraining', prefix).filter(({ checkpoint }) => !checkpoint.includes('pooler')),
          ...linear(`${prefix}pooler`, 'head.nextSentence.pooler.dense'),
        ];
      case 'maskedLanguage':
        return [...unused, ...bertFamily.headRules('maskedLanguage', prefix)];
      default:
        return [...unused, ...linear('classifier', 'head.output')];
    }
  },
  ignoredTensors: bertFamily.ignoredTensors,
};

/** Every class stores a pooler; these read it. */
function readsPooler(kind: string): boolean {
  return ['pooled', 'preTraining', 'multipleChoice'].includes(kind);
}

function readConfig(json: ConfigReader): BigBirdConfig {
  json.take('model_type', oneOf(['big_bird']));
  const config: BigBirdConfig = {
    ...{ ...readBertShape(json), modelType: 'big_bird', contextLength: readTableSize(json) },
    sparse: json.take('attention_type', oneOf(['block_sparse', 'original_full']), 'block_sparse') === 'block_sparse',
    blockSize: json.take('block_size', anInteger(), 64),
    randomBlocks: json.take('num_random_blocks', anInteger(0), 3),
    attentionBias: json.take('use_bias', aBoolean, true),
    rescalesEmbedding: json.take('rescale_embeddings', aBoolean, false),
    separatorToken: json.take('sep_token_id', anInteger(0), 66),
  };
  json.finish([...BOOKKEEPING, 'architectures']);
  return config;
}
