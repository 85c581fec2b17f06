import type { LabelConfig } from '@sequitur/pretrained';
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
 * Blenderbot, Pegasus. Defaults depend on the family.
 */
export interface BartConfig extends SequenceToSequenceConfig, LabelConfig {
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
  /** Whether token embeddings are multiplied by sqrt(width); default false. */
  readonly scaleEmbedding?: boolean;
  /** Whether the output projection is tied to the decoder's embeddings; default true. */
  readonly tied?: boolean;
  /** Whether encoder and decoder share their embeddings; default true. */
  readonly sharedEmbedding?: boolean;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** Dropout rate inside the feed-forward layers. */
  readonly activationDropout?: number;
  /** The position embeddings; default those of the family. */
  readonly positions?: SequencePositions;
  /** Whether a constant is added to the logits; default true, false for checkpoints that store none. */
  readonly logitsBias?: boolean;
  /** Dropout rate around the dense layer of a classification head; default 0. */
  readonly classifierDropout?: number;
  /** Standard deviation of the initial weights; default 0.02. */
  readonly initializerRange?: number;
}

/** The layout of a family. */
export interface BartLayout {
  /** Pre-norm or post-norm. */
  readonly norm: 'pre' | 'post';
  readonly positions: SequencePositions;
  /** Number of unused rows before that of the first position. */
  readonly positionOffset: number;
  /** Whether the sum of token and position embeddings is normalised. */
  readonly embeddingNorm: boolean;
  /** Whether a constant is added to the logits by default; default true. */
  readonly logitsBias?: boolean;
  /** Whether targets begin with their last token, as in mBART, in place of the start token; default false. */
  readonly startsWithLast?: boolean;
}

/** The layout of BART. */
export const bartLayout: BartLayout = { norm: 'post', positions: 'learned', positionOffset: 2, embeddingNorm: true };

/** The sizes of an encoder and a decoder that are equal. */
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
