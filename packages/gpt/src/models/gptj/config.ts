import type { LlamaConfig } from '../llama/config.js';

/** The config of a GPT-J (Wang and Komatsuzaki 2021). */
export interface GptJConfig extends LlamaConfig {
  /** Dimensions of each head that are rotated, in adjacent pairs; default 64. */
  readonly rotaryDimensions?: number;
  readonly embeddingDropout?: number;
  readonly residualDropout?: number;
}

/** Published sizes. */
export const gptJPresets = {
  '6b': {
    vocabularySize: 50400,
    contextLength: 2048,
    width: 4096,
    depth: 28,
    heads: 16,
    hiddenWidth: 16384,
    activation: 'gelu_new',
    normEpsilon: 1e-5,
    rotaryDimensions: 64,
  },
} as const satisfies Record<string, GptJConfig>;
