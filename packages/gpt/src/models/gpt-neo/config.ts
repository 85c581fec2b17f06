import type { GptConfig } from '../gpt-family.js';

/** Whether a block has global attention or a sliding window. */
export type NeoReach = 'global' | 'local';

/** The config of a GPT-Neo (Black et al. 2021): GPT-2 with windows in some blocks and unscaled scores. */
export interface GptNeoConfig extends GptConfig {
  readonly contextLength: number;
  /** Hidden width of the feed-forward network; default 4 x width. */
  readonly hiddenWidth?: number;
  /** The kind of each block. */
  readonly reaches: readonly NeoReach[];
  /** Window of the local layers: keys that a query attends to, including its own position; default 256. */
  readonly window?: number;
  /** Activation by its Hugging Face name; default `gelu_new`. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  readonly embeddingDropout?: number;
  readonly attentionDropout?: number;
  readonly residualDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

/** Global and local blocks in turn. */
export const alternating = (depth: number): NeoReach[] =>
  Array.from({ length: depth }, (_, index) => (index % 2 === 0 ? 'global' : 'local'));

/** Two published sizes. */
export const gptNeoPresets = {
  '125m': { vocabularySize: 50257, contextLength: 2048, width: 768, depth: 12, heads: 12, reaches: alternating(12) },
  '1.3b': { vocabularySize: 50257, contextLength: 2048, width: 2048, depth: 24, heads: 16, reaches: alternating(24) },
} as const satisfies Record<string, GptNeoConfig>;
