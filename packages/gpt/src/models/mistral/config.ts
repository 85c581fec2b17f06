import type { LlamaConfig } from '../llama/config.js';

/** The config of a Mistral (Jiang et al. 2023). */
export interface MistralConfig extends LlamaConfig {
  /** Window: keys that a query attends to, including its own position; absent: full causal attention. */
  readonly window?: number;
}

/** Published sizes. */
export const mistralPresets = {
  '7b': {
    vocabularySize: 32000,
    contextLength: 32768,
    width: 4096,
    depth: 32,
    heads: 32,
    keyHeads: 8,
    hiddenWidth: 14336,
    normEpsilon: 1e-5,
    window: 4096,
  },
} as const satisfies Record<string, MistralConfig>;
