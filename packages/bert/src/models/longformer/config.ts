import type { BertConfig } from '../../config.js';
import { robertaTokens } from '../roberta/config.js';

/** The config of a Longformer (Beltagy et al. 2020). */
export interface LongformerConfig extends BertConfig {
  /** Window size over both sides of each layer; even. */
  readonly windows: readonly number[];
  /** Ends the question of a question-answering input; default 2. */
  readonly separatorToken?: number;
}

/** The published size. */
export const longformerPresets = {
  base: {
    ...{ ...robertaTokens, modelType: 'longformer', contextLength: 4096, width: 768, depth: 12, heads: 12 },
    ...{ normEpsilon: 1e-5, windows: new Array<number>(12).fill(512) },
  },
} as const satisfies Record<string, LongformerConfig>;
