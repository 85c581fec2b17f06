import { type AttributePart, anInteger, attribute, linearRules } from '@sequitur/pretrained';
import type { BertConfig } from '../../config.js';
import { bertAttributes, type EncoderDefaults } from '../bert/attributes.js';
import { bertRules, oldCheckpoints, weightAndBias } from '../bert/rules.js';
import { answers, classifier, denseClassifier, encoderFamily, type Heads, maskedRules } from '../encoder-family.js';
import { buildRoberta } from './build.js';
import { robertaPresets } from './config.js';

/** The attributes of RoBERTa: those of BERT, with positions from `paddingToken` + 1 on. */
export function robertaAttributes(modelType: string, defaults: EncoderDefaults): readonly AttributePart<BertConfig>[] {
  return [
    { modelType: attribute.settled(modelType) },
    ...bertAttributes({ startToken: 0, endToken: 2, paddingToken: 1, needsPadding: true, ...defaults }),
    {
      contextLength: {
        read: (json, { paddingToken }) => json.take('max_position_embeddings', anInteger(), 512) - paddingToken - 1,
        write: (length = 0, { paddingToken }) => ({ max_position_embeddings: length + (paddingToken ?? 1) + 1 }),
      },
    },
  ];
}

const masked = {
  dense: 'lm_head.dense',
  norm: 'lm_head.layer_norm',
  decoder: 'lm_head.decoder',
  bias: 'lm_head.bias',
};

/** The heads of RoBERTa, and what its classes leave in checkpoints of others. */
export const robertaHeads = {
  masked,
  heads: {
    pooled: (prefix) => linearRules(`${prefix}pooler.dense`, 'head.pooler.dense'),
    maskedLanguage: () => maskedRules(masked),
    sequenceClassification: denseClassifier,
    tokenClassification: classifier,
    questionAnswering: answers,
    multipleChoice: (prefix) => [
      ...linearRules(`${prefix}pooler.dense`, 'head.pooler.dense'),
      ...linearRules('classifier', 'head.output'),
    ],
  } satisfies Heads,
  ignored: (prefix: string) => weightAndBias(`${prefix}pooler.dense`),
};

/** Settings that RoBERTa and XLM-RoBERTa share. */
export const robertaLike = {
  prefix: 'roberta.',
  build: buildRoberta,
  rules: bertRules,
  ...robertaHeads,
  ...oldCheckpoints,
};

/**
 * RoBERTa (Liu et al. 2019): BERT with positions counted over real tokens from `paddingToken` + 1 on, and other heads.
 */
export const robertaFamily = encoderFamily({
  ...robertaLike,
  modelType: 'roberta',
  name: 'Roberta',
  presets: robertaPresets,
  attributes: robertaAttributes('roberta', { vocabularySize: 50265 }),
});
