import type { BertConfig } from '../../config.js';
import { BertEncoder } from '../../encoder.js';
import type { HeadStyle } from '../../heads/head.js';
import { classifierDropout } from '../bert/attributes.js';
import type { EncoderParts } from '../encoder-family.js';

/** The parts of a RoBERTa with a head of this kind. */
export function buildRoberta(config: BertConfig, headKind: string): EncoderParts {
  const encoder = new BertEncoder({ ...config, paddingToken: config.paddingToken ?? 1 }, { skipsPadding: true });
  return { encoder, headStyle: robertaHeadStyle(config, headKind) };
}

/** The class uses exact gelu in its masked language head, independent of the encoder's activation. */
export function robertaHeadStyle(config: BertConfig, headKind: string): HeadStyle {
  return {
    poolerActivation: 'tanh',
    dropsBeforePooler: headKind === 'sequenceClassification',
    maskedActivation: 'gelu',
    dropout: headKind === 'multipleChoice' ? (config.dropout ?? 0) : classifierDropout(config, headKind),
  };
}
