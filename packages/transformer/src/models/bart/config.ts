import type { SequenceToSequenceConfig } from '../../sequence-to-sequence/family.js';

/** The position embeddings of a BART-like model. */
export type SequencePositions =
  /** Learned positions, after `offset` unused rows. */
  | 'learned'
  /** Sinusoids, computed. */
  | 'sinusoidal'
  /** Sinusoids computed as M2M100 has them: of the real tokens alone, counted from 2 on. */
  | 'countedSinusoidal'
  /** Sinusoids that the checkpoint stores; never trained. */
  | 'storedSinusoidal';

/**
 * The config of an encoder-decoder built like BART: BART (Lewis et al. 2020), Marian (Junczys-Dowmunt et al. 2018),
 * Blenderbot, Pegasus. Each family settles what it does not say.
 */
export interface BartConfig extends SequenceToSequenceConfig {
  readonly width: number;
  readonly contextLength: number;
  readonly encoderDepth: number;
  readonly encoderHeads: number;
  readonly encoderHiddenWidth: number;
  readonly decoderDepth: number;
  readonly decoderHeads: number;
  readonly decoderHiddenWidth: number;
  /** Size of a separate target vocabulary; default `vocabularySize`. */
  readonly targetVocabularySize?: number;
  /** Activation by its Hugging Face name; default `gelu`. */
  readonly activation?: string;
  /** Multiply the token embeddings by sqrt(width); default false. */
  readonly scaleEmbedding?: boolean;
  /** Tied embeddings of head and decoder; default true. */
  readonly tied?: boolean;
  /** Shared embeddings of encoder and decoder; default true. */
  readonly sharedEmbedding?: boolean;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** Dropout rate inside the feed-forward layers. */
  readonly activationDropout?: number;
  /** Default: what the family has. */
  readonly positions?: SequencePositions;
  /** A constant is added to the logits; default true, false for checkpoints that store none. */
  readonly logitsBias?: boolean;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

/** The layout of a family. */
export interface BartLayout {
  /** Pre-norm or post-norm. */
  readonly norm: 'pre' | 'post';
  readonly positions: SequencePositions;
  /** Unused rows before the first position's. */
  readonly positionOffset: number;
  /** Whether the sum of token and position embeddings is normalised. */
  readonly embeddingNorm: boolean;
  /** Whether a constant is added to the logits where the config does not say; default true. */
  readonly logitsBias?: boolean;
  /** Whether targets begin with their last token, as in mBART, in place of the start token; default false. */
  readonly startsWithLast?: boolean;
}

/** The layout of BART. */
export const bartLayout: BartLayout = { norm: 'post', positions: 'learned', positionOffset: 2, embeddingNorm: true };

/** Encoder and decoder of equal sizes. */
export function evenSizes(width: number, heads: number, hiddenWidth: number, depth: number) {
  return {
    width,
    ...{ encoderDepth: depth, encoderHeads: heads, encoderHiddenWidth: hiddenWidth },
    ...{ decoderDepth: depth, decoderHeads: heads, decoderHiddenWidth: hiddenWidth },
  };
}

const published = {
  ...{ modelType: 'bart', vocabularySize: 50265, contextLength: 1024 },
  ...{ startToken: 0, paddingToken: 1, endToken: 2, decoderStartToken: 2 },
};

/** Published sizes. */
export const bartPresets = {
  base: { ...published, ...evenSizes(768, 12, 3072, 6) },
  large: { ...published, ...evenSizes(1024, 16, 4096, 12) },
} as const satisfies Record<string, BartConfig>;
