import type { SequenceToSequenceConfig } from '../../sequence-to-sequence/family.js';

/** How a model built like BART knows the order of its tokens. */
export type SequencePositions =
  /** A trained vector for each position, behind `offset` rows that are not used. */
  | 'learned'
  /** Sinusoids, computed. */
  | 'sinusoidal'
  /** Sinusoids that the checkpoint stores; never trained. */
  | 'storedSinusoidal';

/**
 * The shape of an encoder-decoder built like BART: BART (Lewis et al. 2020), Marian (Junczys-Dowmunt et al. 2018), Blenderbot,
 * Pegasus. Each family settles what it does not say.
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
  /** Where it has a vocabulary of its own; default `vocabularySize`. */
  readonly targetVocabularySize?: number;
  /** A name as Hugging Face writes it; default `gelu`. */
  readonly activation?: string;
  /** Multiply the tokens' vectors by sqrt(width); default false. */
  readonly scaleEmbedding?: boolean;
  /** The head is the decoder's embedding table; default true. */
  readonly tied?: boolean;
  /** Encoder and decoder read the same embedding table; default true. */
  readonly sharedEmbedding?: boolean;
  readonly dropout?: number;
  readonly attentionDropout?: number;
  /** Between the products of the feed-forward layers. */
  readonly activationDropout?: number;
  /** Default: what the family has. */
  readonly positions?: SequencePositions;
  /** A constant is added to the logits; default true, false for checkpoints that store none. */
  readonly logitsBias?: boolean;
  /** Deviation of the first weights; default 0.02. */
  readonly initializerRange?: number;
}

/** What is settled by the family. */
export interface BartLayout {
  /** Before each part (pre), or after each sum (post). */
  readonly norm: 'pre' | 'post';
  readonly positions: SequencePositions;
  /** Unused rows before the first position's. */
  readonly positionOffset: number;
  /** The sum of token and position vectors is normalised. */
  readonly embeddingNorm: boolean;
}

/** BART's own layout. */
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
