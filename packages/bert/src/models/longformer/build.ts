import { normal } from '@sequitur/core';
import type { TextBatch } from '../../batch.js';
import { BertEncoder } from '../../encoder.js';
import type { Row } from '../../heads/labels.js';
import type { EncoderParts } from '../encoder-family.js';
import { robertaHeadStyle } from '../roberta/build.js';
import { LongformerMixer } from './attention.js';
import type { LongformerConfig } from './config.js';

/** The parts of a Longformer with a head of this kind. */
export function buildLongformer(config: LongformerConfig, headKind: string): EncoderParts {
  const { width, heads, attentionDropout: dropout = 0, paddingToken = 1, initializerRange = 0.02 } = config;
  const drawn = { initializer: normal(initializerRange) };
  const options = { width, heads, dropout, input: drawn, output: drawn };
  return {
    encoder: new BertEncoder(
      { ...config, paddingToken },
      { skipsPadding: true, mixer: (index) => new LongformerMixer({ ...options, window: config.windows[index]! }) },
    ),
    headStyle: {
      ...robertaHeadStyle(config, headKind),
      dropout: headKind === 'questionAnswering' ? 0 : (config.dropout ?? 0),
    },
    completed: (batch) => ({ ...batch, globals: batch.globals ?? globalsOf(headKind, batch, config) }),
  };
}

/**
 * Global tokens: the first token for classification, the question for question answering, the tokens after the question
 * for multiple choice.
 */
function globalsOf(
  headKind: string,
  { tokens }: TextBatch,
  { separatorToken = 2 }: LongformerConfig,
): Row[] | undefined {
  switch (headKind) {
    case 'sequenceClassification':
      return tokens.map((row) => Array.from(row, (_, position) => Number(position === 0)));
    case 'questionAnswering':
      return tokens.map((row) => {
        const end = Array.from(row).indexOf(separatorToken);
        return Array.from(row, (_, position) => Number(position < end));
      });
    case 'multipleChoice':
      return tokens.map((row) => {
        const end = Array.from(row).indexOf(separatorToken);
        return Array.from(row, (_, position) => Number(position > end + 1));
      });
    default:
      return undefined;
  }
}
