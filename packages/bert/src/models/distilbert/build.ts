import type { BertConfig } from '../../config.js';
import { BertEncoder } from '../../encoder.js';
import type { EncoderParts } from '../encoder-family.js';

/** The parts of a DistilBERT with a head of this kind. */
export function buildDistilbert(config: BertConfig, headKind: string): EncoderParts {
  return {
    encoder: new BertEncoder({ ...config, tokenTypeCount: 0 }),
    headStyle: {
      poolerActivation: 'relu',
      dropsBeforePooler: false,
      maskedActivation: config.activation ?? 'gelu',
      dropout: headDropout(config, headKind),
    },
  };
}

/** Dropout rate of the head; each class reads it from another attribute. */
function headDropout(
  { dropout = 0, classifierDropout = dropout, answerDropout = 0 }: BertConfig,
  headKind: string,
): number {
  if (headKind === 'questionAnswering') return answerDropout;
  return headKind === 'tokenClassification' ? dropout : classifierDropout;
}
