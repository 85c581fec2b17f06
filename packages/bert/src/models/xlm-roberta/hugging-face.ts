import type { EncoderFamily } from '../encoder-family.js';
import { robertaLikeFamily } from '../roberta/hugging-face.js';
import { xlmRobertaPresets } from './config.js';

/** XLM-RoBERTa (Conneau et al. 2020): RoBERTa with a vocabulary of a hundred languages. */
export const xlmRobertaFamily: EncoderFamily = {
  ...robertaLikeFamily('xlm-roberta', 'XLMRoberta', 30522),
  presets: xlmRobertaPresets,
};
