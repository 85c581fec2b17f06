import type { EncoderFamily } from '../encoder-family.js';
import { robertaFamily } from '../roberta/hugging-face.js';

/** XLM-RoBERTa (Conneau et al. 2020): RoBERTa with a vocabulary of a hundred languages. */
export const xlmRobertaFamily: EncoderFamily = {
  ...robertaFamily,
  modelType: 'xlm-roberta',
  classes: Object.fromEntries(
    Object.entries(robertaFamily.classes).map(([name, kind]) => [name.replace('Roberta', 'XLMRoberta'), kind]),
  ),
  presets: { base: { ...robertaFamily.presets!.base!, modelType: 'xlm-roberta', vocabularySize: 250002 } },
  readConfig: (json) => ({ ...robertaFamily.readConfig(json), modelType: 'xlm-roberta' }),
};
