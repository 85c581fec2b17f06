import type { BiasedLlamaConfig } from '../llama/config.js';

/** The config of a Granite 3 (Granite Team 2024): a Llama with four multipliers. */
export interface GraniteConfig extends BiasedLlamaConfig {
  /** Factor on the token vectors; default 1. */
  readonly embeddingScale?: number;
  /** Factor on the scores, in place of 1 / sqrt(headSize); default 1. */
  readonly scoreScale?: number;
  /** Factor on the output of each sublayer, before the residual connection; default 1. */
  readonly residualScale?: number;
  /** Divisor of the logits; default 1. */
  readonly logitDivisor?: number;
}

/** Published sizes. */
export const granitePresets = {
  '3.1-2b': {
    vocabularySize: 49155,
    contextLength: 131072,
    width: 2048,
    depth: 40,
    heads: 32,
    keyHeads: 8,
    hiddenWidth: 8192,
    normEpsilon: 1e-5,
    rotaryBase: 5000000,
    tied: true,
    embeddingScale: 12,
    scoreScale: 0.015625,
    residualScale: 0.22,
    logitDivisor: 8,
  },
} as const satisfies Record<string, GraniteConfig>;
