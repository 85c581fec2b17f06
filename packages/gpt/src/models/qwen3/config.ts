import type { LlamaConfig } from '../llama/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of a Qwen3 (Yang et al. 2025). */
export interface Qwen3Config extends LlamaConfig, WindowedLayers {
  readonly headSize: number;
  /** Biases of all four projections of attention; default false. */
  readonly attentionBias?: boolean;
}

/** Published sizes. */
export const qwen3Presets = {
  '0.6b': {
    vocabularySize: 151936,
    contextLength: 40960,
    width: 1024,
    depth: 28,
    heads: 16,
    keyHeads: 8,
    headSize: 128,
    hiddenWidth: 3072,
    rotaryBase: 1000000,
    tied: true,
  },
} as const satisfies Record<string, Qwen3Config>;
