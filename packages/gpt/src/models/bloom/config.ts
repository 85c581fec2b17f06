import type { GptConfig } from '../gpt-family.js';

/** The config of a Bloom (BigScience 2022); its length is unbounded, since ALiBi has no position embeddings. */
export interface BloomConfig extends GptConfig {
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number;
  /** Whether the residual connection starts after the norm; default false. */
  readonly residualFromNorm?: boolean;
  /** Whether the output projection is tied to the embeddings; default true. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  readonly hiddenDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

/** Published sizes. */
export const bloomPresets = {
  '560m': { vocabularySize: 250880, width: 1024, depth: 24, heads: 16 },
  '1b1': { vocabularySize: 250880, width: 1536, depth: 24, heads: 16 },
} as const satisfies Record<string, BloomConfig>;
