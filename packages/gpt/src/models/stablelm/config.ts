import type { LlamaConfig } from '../llama/config.js';

/** The config of a StableLM 2 (Bellagente et al. 2024). */
export interface StableLmConfig extends LlamaConfig {
  /** Biases of query, key and value; default false. */
  readonly attentionBias?: boolean;
  /** Norms of queries and keys with a weight for each head; default false. */
  readonly queryKeyNorm?: boolean;
  /** Parallel residual: both sublayers read the same normalized input; default false. */
  readonly parallel?: boolean;
  readonly hiddenDropout?: number;
}

/** Published sizes. */
export const stableLmPresets = {
  '2-1.6b': {
    vocabularySize: 100352,
    contextLength: 4096,
    width: 2048,
    depth: 24,
    heads: 32,
    hiddenWidth: 5632,
    normEpsilon: 1e-5,
    partialRotaryFactor: 0.25,
    attentionBias: true,
  },
} as const satisfies Record<string, StableLmConfig>;
