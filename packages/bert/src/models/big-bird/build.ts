import { Linear, type Module, normal } from '@sequitur/core';
import type { TextBatch } from '../../batch.js';
import type { HeadStyle } from '../../heads/head.js';
import { classifierDropout } from '../bert/attributes.js';
import type { EncoderParts } from '../encoder-family.js';
import type { BigBirdConfig } from './config.js';
import { BigBirdEncoder } from './encoder.js';

/** The parts of a BigBird with a head of this kind. */
export function buildBigBird(config: BigBirdConfig, headKind: string): EncoderParts {
  return {
    encoder: new BigBirdEncoder({ activation: 'gelu_new', ...config }),
    headStyle: headStyle(config, headKind),
    unused: unusedPooler(config, headKind),
    completed: (batch) => (headKind === 'questionAnswering' ? withQuestion(batch, config) : batch),
  };
}

function headStyle(config: BigBirdConfig, headKind: string): HeadStyle {
  const { activation = 'gelu_new', dropout = 0 } = config;
  const isClassifier = headKind === 'sequenceClassification';
  const takesDropout = ['questionAnswering', 'multipleChoice'].includes(headKind);
  return {
    poolerActivation: isClassifier ? activation : 'tanh',
    dropsBeforePooler: isClassifier,
    maskedActivation: activation,
    dropout: takesDropout ? dropout : classifierDropout(config, headKind),
    transformsAnswers: true,
  };
}

/** Every class except that for question answering stores a pooler, and not all of them use it. */
function unusedPooler({ width, initializerRange = 0.02 }: BigBirdConfig, headKind: string): Module | null {
  if (['none', 'pooled', 'preTraining', 'multipleChoice', 'questionAnswering'].includes(headKind)) return null;
  return new Linear(width, width, { initializer: normal(initializerRange) });
}

/**
 * As in Hugging Face's class: the question ends at the first separator, has a separate token type, and cannot hold the
 * answer, except for its first token, which means no answer.
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
