import type { GptConfig } from '../gpt-family.js';

/** The config of a GPT-2 (Radford et al. 2019), with the variations of its Hugging Face class. */
export interface Gpt2Config extends GptConfig {
  readonly contextLength: number;
  /** Hidden width of the feed-forward network; default 4 x width. */
  readonly hiddenWidth?: number;
  /** Activation by its Hugging Face name; default `gelu_new`, the tanh form. */
  readonly activation?: string;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether scores are divided by the square root of the head size; default true. */
  readonly scaleScores?: boolean;
  /** Whether scores of block i are also divided by i + 1; default false. */
  readonly scaleScoresByDepth?: boolean;
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  readonly embeddingDropout?: number;
  readonly attentionDropout?: number;
  readonly residualDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

const published = { vocabularySize: 50257, contextLength: 1024 };

/** The four published sizes, and a character model that trains in a minute. */
export const gpt2Presets = {
  small: { ...published, width: 768, depth: 12, heads: 12 },
  medium: { ...published, width: 1024, depth: 24, heads: 16 },
  large: { ...published, width: 1280, depth: 36, heads: 20 },
  xl: { ...published, width: 1600, depth: 48, heads: 25 },
  character: { vocabularySize: 128, contextLength: 64, width: 128, depth: 4, heads: 4 },
} as const satisfies Record<string, Gpt2Config>;
