import type { LlamaConfig } from '../llama/config.js';

/** The config of a Gemma (Gemma Team 2024). */
export interface GemmaConfig extends LlamaConfig {
  readonly headSize: number;
  readonly attentionBias?: boolean;
}

/** Published sizes. */
export const gemmaPresets = {
  '2b': {
    vocabularySize: 256000,
    contextLength: 8192,
    width: 2048,
    depth: 18,
    heads: 8,
    keyHeads: 1,
    headSize: 256,
    hiddenWidth: 16384,
    activation: 'gelu_pytorch_tanh',
    tied: true,
  },
} as const satisfies Record<string, GemmaConfig>;
