import type { LlamaConfig } from '../llama/config.js';

/** The config of a Falcon (Almazrouei et al. 2023) with rotary positions. */
export interface FalconConfig extends LlamaConfig {
  /** The decoder of the 40B and later: key heads in `keyHeads` groups, stored group by group; default false. */
  readonly newDecoder?: boolean;
  /** Parallel residual: attention and feed-forward read the same input; default true. */
  readonly parallel?: boolean;
  /** Norms of a parallel block: one for both sublayers, or one each; default 1. */
  readonly norms?: 1 | 2;
  /** Biases of all projections; default false. */
  readonly bias?: boolean;
  readonly residualDropout?: number;
}

const published = { vocabularySize: 65024, contextLength: 2048, activation: 'gelu', normEpsilon: 1e-5, tied: true };

/** Published sizes. */
export const falconPresets = {
  '7b': { ...published, width: 4544, depth: 32, heads: 71, keyHeads: 1, hiddenWidth: 18176 },
  '40b': {
    ...{ ...published, width: 8192, depth: 60, heads: 128, keyHeads: 8, hiddenWidth: 32768 },
    ...{ newDecoder: true, norms: 2 },
  },
} as const satisfies Record<string, FalconConfig>;
