import type { SequenceToSequenceConfig } from '../../sequence-to-sequence/family.js';

/** The config of a T5 (Raffel et al. 2020), version 1.0 or 1.1 (gated, untied). */
export interface T5Config extends SequenceToSequenceConfig {
  readonly width: number;
  /** Size of a head's query, key and value; heads x headSize need not equal the width. */
  readonly headSize: number;
  readonly heads: number;
  readonly hiddenWidth: number;
  readonly encoderDepth: number;
  readonly decoderDepth: number;
  /** Activation by its Hugging Face name; default `relu`. */
  readonly activation?: string;
  /** Whether the feed-forward layers are gated (Shazeer 2020), as in version 1.1; default false. */
  readonly gated?: boolean;
  /** Whether the output projection is tied to the embeddings; default true, false in version 1.1. */
  readonly tied?: boolean;
  /**
   * Whether the states before the output projection are scaled by 1 / sqrt(width); default where embeddings are tied.
   */
  readonly scaledOutput?: boolean;
  /** Number of distance buckets; default 32. */
  readonly buckets?: number;
  /** Larger distances share the last bucket with this one; default 128. */
  readonly maxDistance?: number;
  /** The config is one of an encoder alone; default false. */
  readonly encoderOnly?: boolean;
  /** Epsilon of the norms; default 1e-6. */
  readonly normEpsilon?: number;
  readonly dropout?: number;
  /** Factor on the standard deviation of the initial weights; default 1. */
  readonly initialFactor?: number;
}

/** Whether each layer has its own relative positions, as in UMT5; else all layers of a stack share them. */
export function hasOwnDistances({ modelType }: T5Config): boolean {
  return modelType === 'umt5';
}

const published = {
  modelType: 't5',
  vocabularySize: 32128,
  headSize: 64,
  decoderStartToken: 0,
  paddingToken: 0,
  endToken: 1,
};

/** Published sizes by name. */
export const t5Presets = {
  small: { ...published, width: 512, hiddenWidth: 2048, heads: 8, encoderDepth: 6, decoderDepth: 6 },
  base: { ...published, width: 768, hiddenWidth: 3072, heads: 12, encoderDepth: 12, decoderDepth: 12 },
  large: { ...published, width: 1024, hiddenWidth: 4096, heads: 16, encoderDepth: 24, decoderDepth: 24 },
} as const satisfies Record<string, T5Config>;
