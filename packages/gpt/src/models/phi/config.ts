import type { LlamaConfig } from '../llama/config.js';

/** The config of a Phi-1, 1.5 or 2 (Li et al. 2023). */
export interface PhiConfig extends LlamaConfig {
  /** Norms of queries and keys; default false. */
  readonly queryKeyNorm?: boolean;
  readonly embeddingDropout?: number;
  readonly residualDropout?: number;
}

/** Published sizes. */
export const phiPresets = {
  '2': {
    vocabularySize: 51200,
    contextLength: 2048,
    width: 2560,
    depth: 32,
    heads: 32,
    hiddenWidth: 10240,
    activation: 'gelu_new',
    normEpsilon: 1e-5,
    partialRotaryFactor: 0.4,
  },
} as const satisfies Record<string, PhiConfig>;
