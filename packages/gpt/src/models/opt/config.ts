import type { LlamaConfig } from '../llama/config.js';

/** The config of an OPT (Zhang et al. 2022). */
export interface OptConfig extends LlamaConfig {
  /** Width of the token vectors, which are projected to `width` and back; default `width`, without projections. */
  readonly embeddingWidth?: number;
  /** Pre-norm with a last norm, instead of post-norm (the 350M); default true. */
  readonly preNorm?: boolean;
  /** Whether a model with norms before the sublayers has the last one; default true. */
  readonly finalNorm?: boolean;
  /** Biases of all projections; default true. */
  readonly bias?: boolean;
  readonly residualDropout?: number;
}

const published = { vocabularySize: 50272, contextLength: 2048, activation: 'relu', normEpsilon: 1e-5, tied: true };

/** Published sizes. */
export const optPresets = {
  '125m': { ...published, width: 768, depth: 12, heads: 12, hiddenWidth: 3072 },
  '350m': {
    ...{ ...published, width: 1024, depth: 24, heads: 16, hiddenWidth: 4096 },
    ...{ embeddingWidth: 512, preNorm: false },
  },
  '1.3b': { ...published, width: 2048, depth: 24, heads: 32, hiddenWidth: 8192 },
} as const satisfies Record<string, OptConfig>;
