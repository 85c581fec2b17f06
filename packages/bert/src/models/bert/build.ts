import type { BertConfig } from '../../config.js';
import { BertEncoder } from '../../encoder.js';
import type { EncoderParts } from '../encoder-family.js';
import { classifierDropout } from './attributes.js';

/** The parts of a BERT with a head of this kind. */
export function buildBert(config: BertConfig, headKind: string): EncoderParts {
  return {
    encoder: new BertEncoder(config),
    headStyle: {
      poolerActivation: 'tanh',
      dropsBeforePooler: false,
      maskedActivation: config.activation ?? 'gelu',
      dropout: classifierDropout(config, headKind),
    },
  };
}
