import type { MistralConfig } from '../mistral/config.js';

/** The config of a Qwen2 (Yang et al. 2024). */
export interface Qwen2Config extends MistralConfig {
  /** Blocks before this one have full causal attention; default 0: all blocks have windows if `window` is given. */
  readonly firstWindowedBlock?: number;
}

/** Published sizes. */
export const qwen2Presets = {
  '0.5b': {
    vocabularySize: 151936,
    contextLength: 32768,
    width: 896,
    depth: 24,
    heads: 14,
    keyHeads: 2,
    hiddenWidth: 4864,
    rotaryBase: 1000000,
    tied: true,
  },
} as const satisfies Record<string, Qwen2Config>;
