import type { GptConfig } from '../gpt-family.js';

/** The shape of a Bloom (BigScience 2022): no bound to the length of a text, since ALiBi needs no vectors. */
export interface BloomConfig extends GptConfig {
  /** Default 1e-5. */
  readonly normEpsilon?: number;
  /** Add to the normalised input instead of the input; default false. */
  readonly residualFromNorm?: boolean;
  /** Default true. */
  readonly tied?: boolean;
  readonly attentionDropout?: number;
  readonly hiddenDropout?: number;
  /** Deviation of the first weights; default 0.02. */
  readonly initializerRange?: number;
}

/** Published sizes. */
export const bloomPresets = {
  '560m': { vocabularySize: 250880, width: 1024, depth: 24, heads: 16 },
  '1b1': { vocabularySize: 250880, width: 1536, depth: 24, heads: 16 },
} as const satisfies Record<string, BloomConfig>;
