import type { BertConfig } from '../../config.js';

/** The published size (Sanh et al. 2019). */
export const distilbertPresets = {
  base: {
    ...{ modelType: 'distilbert', vocabularySize: 30522, contextLength: 512, tokenTypeCount: 0 },
    ...{ width: 768, depth: 6, heads: 12 },
  },
} as const satisfies Record<string, BertConfig>;
