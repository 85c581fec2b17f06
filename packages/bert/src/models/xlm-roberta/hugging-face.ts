import { encoderFamily } from '../encoder-family.js';
import { robertaAttributes, robertaLike } from '../roberta/hugging-face.js';
import { xlmRobertaPresets } from './config.js';

/** XLM-RoBERTa (Conneau et al. 2020): RoBERTa with a vocabulary of a hundred languages. */
export const xlmRobertaFamily = encoderFamily({
  ...robertaLike,
  modelType: 'xlm-roberta',
  name: 'XLMRoberta',
  presets: xlmRobertaPresets,
  attributes: robertaAttributes('xlm-roberta', {}),
});
