import type { MistralConfig } from '../mistral/config.js';

/** The config of a Phi-3 or Phi-4-mini (Abdin et al. 2024). */
export interface Phi3Config extends MistralConfig {
  readonly residualDropout?: number;
  /** Context length of the first training, the base of LongRoPE's factors; default `contextLength`. */
  readonly trainedLength?: number;
}

/** Published sizes. */
export const phi3Presets = {
  mini: {
    vocabularySize: 32064,
    contextLength: 4096,
    width: 3072,
    depth: 32,
    heads: 32,
    hiddenWidth: 8192,
    normEpsilon: 1e-5,
    window: 2047,
  },
} as const satisfies Record<string, Phi3Config>;
