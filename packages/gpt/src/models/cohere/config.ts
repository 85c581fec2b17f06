import type { LlamaConfig } from '../llama/config.js';
import type { WindowedLayers } from '../windowed-layers.js';

/** The config of a Command R or Aya (Cohere 2024), and with windows of a Command R7B or A. */
export interface CohereConfig extends LlamaConfig, WindowedLayers {
  /** Biases of all four projections of attention; default false. */
  readonly attentionBias?: boolean;
  /** Factor on the logits; default 0.0625. */
  readonly logitScale?: number;
  /** Norms of queries and keys with a weight for each head (Command R+); default false. */
  readonly queryKeyNorm?: boolean;
}

/** Published sizes. */
export const coherePresets = {
  'command-r': {
    vocabularySize: 256000,
    contextLength: 131072,
    width: 8192,
    depth: 40,
    heads: 64,
    hiddenWidth: 22528,
    normEpsilon: 1e-5,
    rotaryBase: 8000000,
    tied: true,
  },
} as const satisfies Record<string, CohereConfig>;
