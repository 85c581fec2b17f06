import type { BertConfig } from '../../config.js';

/** The config of a BigBird (Zaheer et al. 2020). */
export interface BigBirdConfig extends BertConfig {
  readonly blockSize: number;
  /** Random blocks per block. */
  readonly randomBlocks: number;
  /** Sequences longer than 5 + 2 randomBlocks blocks use sparse attention; default true. */
  readonly sparse?: boolean;
  /** Queries, keys and values have biases; default true. */
  readonly attentionBias?: boolean;
  /** Multiply the token embeddings by sqrt(width); default false. */
  readonly rescalesEmbedding?: boolean;
  readonly separatorToken?: number;
}

/** The published size. */
export const bigBirdPresets = {
  base: {
    ...{ modelType: 'big_bird', vocabularySize: 50358, contextLength: 4096, width: 768, depth: 12, heads: 12 },
    ...{ activation: 'gelu_new', blockSize: 64, randomBlocks: 3 },
  },
} as const satisfies Record<string, BigBirdConfig>;
