import type { MistralConfig } from '../mistral/config.js';

/** The config of a StarCoder 2 (Lozhkov et al. 2024). */
export interface Starcoder2Config extends MistralConfig {
  /** Biases of all projections; default true. */
  readonly bias?: boolean;
  readonly embeddingDropout?: number;
  readonly residualDropout?: number;
}

/** Published sizes. */
export const starcoder2Presets = {
  '3b': {
    vocabularySize: 49152,
    contextLength: 16384,
    width: 3072,
    depth: 30,
    heads: 24,
    keyHeads: 2,
    hiddenWidth: 12288,
    activation: 'gelu_pytorch_tanh',
    normEpsilon: 1e-5,
    rotaryBase: 999999,
    window: 4096,
    tied: true,
  },
} as const satisfies Record<string, Starcoder2Config>;
