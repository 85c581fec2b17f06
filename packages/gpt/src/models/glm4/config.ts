import type { LlamaConfig } from '../llama/config.js';

/** The config of a GLM-4 (GLM Team 2024). */
export interface GlmConfig extends LlamaConfig {
  /** Biases of query, key and value; default true. */
  readonly attentionBias?: boolean;
}

/** Published sizes. */
export const glm4Presets = {
  '9b': {
    vocabularySize: 151552,
    contextLength: 32768,
    width: 4096,
    depth: 40,
    heads: 32,
    keyHeads: 2,
    headSize: 128,
    hiddenWidth: 13696,
    normEpsilon: 1e-5,
    partialRotaryFactor: 0.5,
  },
} as const satisfies Record<string, GlmConfig>;
