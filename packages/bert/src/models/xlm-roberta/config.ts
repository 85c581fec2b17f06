import type { BertConfig } from '../../config.js';
import { robertaPresets } from '../roberta/config.js';

const multilingual = { modelType: 'xlm-roberta', vocabularySize: 250002 };

/** Published sizes (Conneau et al. 2020). */
export const xlmRobertaPresets = {
  base: { ...robertaPresets.base, ...multilingual },
  large: { ...robertaPresets.large, ...multilingual },
} as const satisfies Record<string, BertConfig>;
