import type { BertConfig } from '../../config.js';

/** Common defaults of RoBERTa and its descendants. */
export const robertaTokens = { vocabularySize: 50265, contextLength: 512, tokenTypeCount: 1, paddingToken: 1 };

const published = { ...robertaTokens, modelType: 'roberta', normEpsilon: 1e-5 };

/** Published sizes (Liu et al. 2019). */
export const robertaPresets = {
  base: { ...published, width: 768, depth: 12, heads: 12 },
  large: { ...published, width: 1024, depth: 24, heads: 16 },
} as const satisfies Record<string, BertConfig>;
