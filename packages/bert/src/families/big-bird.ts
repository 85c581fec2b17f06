import { Linear, normal } from '@sequitur/core';
import { aBoolean, anInteger, type ConfigReader, oneOf } from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import type { BigBirdConfig } from '../big-bird/config.js';
import { BigBirdEncoder } from '../big-bird/encoder.js';
import {
  maskedLanguage,
  multipleChoice,
  pooled,
  preTraining,
  questionAnswering,
  sequenceClassification,
  tokenClassification,
} from '../heads/index.js';
import { BOOKKEEPING, classifierDropout } from './attributes.js';
import { bertEncoderRules, bertFamily, readBertShape, readTableSize, writeBertShape } from './bert.js';
import type { EncoderFamily } from './family.js';
import { linear, norm } from './rules.js';

/** BigBird (Zaheer et al. 2020): BERT that reads long texts sparsely. */
export const bigBirdFamily: EncoderFamily<BigBirdConfig> = {
  modelType: 'big_bird',
  heads: {
    BigBirdModel: pooled(),
    BigBirdForPreTraining: preTraining(),
    BigBirdForMaskedLM: maskedLanguage(),
    BigBirdForSequenceClassification: sequenceClassification(),
    BigBirdForTokenClassification: tokenClassification(),
    BigBirdForQuestionAnswering: questionAnswering(),
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
  completed: (kind, batch, config) => (kind === 'questionAnswering' ? withQuestion(batch, config) : batch),
  headStyle: (config, kind) => {
    const { activation = 'gelu_new', dropout = 0 } = config;
    const isClassifier = kind === 'sequenceClassification';
    return {
      poolerActivation: isClassifier ? activation : 'tanh',
      dropsBeforePooler: isClassifier,
      maskedActivation: activation,
      dropout: ['questionAnswering', 'multipleChoice'].includes(kind) ? dropout : classifierDropout(config, kind),
      transformsAnswers: true,
    };
  },
  unusedPart: (kind, { width, initializerRange = 0.02 }) =>
    readsPooler(kind) || kind === 'questionAnswering'
      ? null
      : new Linear(width, width, { initializer: normal(initializerRange) }),
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
      case 'questionAnswering':
        return [
          ...linear('qa_classifier.intermediate.dense', 'head.layer.feedForward.up'),
          ...linear('qa_classifier.output.dense', 'head.layer.feedForward.down'),
          ...norm('qa_classifier.output.LayerNorm', 'head.layer.norm'),
          ...linear('qa_classifier.qa_outputs', 'head.output'),
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
  ignoredTensors: (config, prefix) => [
    ...bertFamily.ignoredTensors(config, prefix),
    ...[`${prefix}pooler.weight`, `${prefix}pooler.bias`], // left in checkpoints of the class for answers
  ],
};

/** Every class but that for answers stores a pooler; these read it. */
function readsPooler(kind: string): boolean {
  return ['pooled', 'preTraining', 'multipleChoice'].includes(kind);
}

/**
 * As Hugging Face's class: the question goes up to the first separator, its tokens are a segment of their own, and no answer
 * is looked for in it, but for the first token, which stands for no answer.
 */
function withQuestion(batch: TextBatch, { separatorToken = 66 }: BigBirdConfig): TextBatch {
  const ends = batch.tokens.map((row) => Math.max(0, Array.from(row).indexOf(separatorToken)));
  const rows = (value: (position: number, end: number) => boolean) =>
    batch.tokens.map((row, index) => Array.from(row, (_, position) => Number(value(position, ends[index]!))));
  return {
    ...batch,
    question: batch.question ?? rows((position, end) => position > 0 && position <= end),
    tokenTypes: batch.tokenTypes ?? rows((position, end) => position > end),
  };
}

function readConfig(json: ConfigReader): BigBirdConfig {
  json.take('model_type', oneOf(['big_bird']));
  json.take('position_embedding_type', oneOf(['absolute']), 'absolute'); // the class knows no other
  const config: BigBirdConfig = {
    ...{ ...readBertShape(json, 'gelu_new'), modelType: 'big_bird', contextLength: readTableSize(json) },
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
