import type { BertConfig } from '../../config.js';

/** A kind of score between contents and positions. */
export type PositionScore = 'contentToPosition' | 'positionToContent';

/** The config of a DeBERTa of version 2 or 3 (He et al. 2021): scores of contents and distances, each from its own vector. */
export interface DebertaConfig extends BertConfig {
  /** Scores that count in the scale, and are added where attention is relative; default none. */
  readonly positionScores?: readonly PositionScore[];
  /** Whether attention uses relative distances; default false. */
  readonly relative?: boolean;
  /** Vectors of distances to each side: nearby distances have one each, others share some. Absent: one for each. */
  readonly distanceBuckets?: number;
  /** The largest distance; default `contextLength`. */
  readonly maxDistance?: number;
  /** Whether contents and distances pass the same projections; default false. */
  readonly sharedProjections?: boolean;
  /** Whether the vectors of distances are normalised; default false. */
  readonly distanceNorm?: boolean;
  /** Whether positions are embedded; default true. */
  readonly embedsPositions?: boolean;
  /** Kernel size of a convolution besides the first block; absent: none. */
  readonly kernelSize?: number;
  /** Activation of that convolution by its Hugging Face name; default `tanh`. */
  readonly convolutionActivation?: string;
  /** Activation of the pooler by its Hugging Face name; default `gelu`. */
  readonly poolerActivation?: string;
}

const published = {
  ...{ modelType: 'deberta-v2', vocabularySize: 128100, contextLength: 512, tokenTypeCount: 0, normEpsilon: 1e-7 },
  ...{ relative: true, distanceBuckets: 256, sharedProjections: true, distanceNorm: true, embedsPositions: false },
  positionScores: ['positionToContent', 'contentToPosition'],
} as const;

/** Published sizes of version 3. */
export const debertaPresets = {
  'v3-xsmall': { ...published, width: 384, depth: 12, heads: 6, hiddenWidth: 1536 },
  'v3-small': { ...published, width: 768, depth: 6, heads: 12, hiddenWidth: 3072 },
  'v3-base': { ...published, width: 768, depth: 12, heads: 12, hiddenWidth: 3072 },
  'v3-large': { ...published, width: 1024, depth: 24, heads: 16, hiddenWidth: 4096 },
} as const satisfies Record<string, DebertaConfig>;
