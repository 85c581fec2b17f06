import type { BiasedLlamaConfig } from '../llama/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of a SmolLM3 (Bakouch et al. 2025). */
export interface SmolLm3Config extends BiasedLlamaConfig, WindowedLayers {
  /** For each layer whether queries and keys are rotated; default all but every fourth. */
  readonly rotated?: readonly boolean[];
}

/** Published sizes. */
export const smolLm3Presets = {
  '3b': {
    vocabularySize: 128256,
    contextLength: 65536,
    width: 2048,
    depth: 36,
    heads: 16,
    keyHeads: 4,
    hiddenWidth: 11008,
    rotaryBase: 5000000,
    tied: true,
  },
} as const satisfies Record<string, SmolLm3Config>;
