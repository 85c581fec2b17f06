import { type BartConfig, type BartLayout, evenSizes } from '../bart/config.js';

/** The layout of Marian and of the original Transformer. */
export const marianLayout: BartLayout = {
  ...{ norm: 'post', positions: 'sinusoidal', positionOffset: 0, embeddingNorm: false },
};

const published = {
  ...{ modelType: 'marian', vocabularySize: 58101, contextLength: 512, scaleEmbedding: true, activation: 'swish' },
  ...{ paddingToken: 58100, endToken: 0, decoderStartToken: 58100 },
};

/** The translation models of Opus-MT. */
export const marianPresets = {
  opus: { ...published, ...evenSizes(512, 8, 2048, 6) },
} as const satisfies Record<string, BartConfig>;

/**
 * A vocabulary of 37,000 pieces and three special tokens, 512 positions, relu, and embeddings with standard deviation 1
 * / sqrt(width).
 */
const vaswani = (width: number) => ({
  ...{ modelType: 'marian', vocabularySize: 37003, contextLength: 512, scaleEmbedding: true, activation: 'relu' },
  ...{ endToken: 0, paddingToken: 2, decoderStartToken: 2, initializerRange: width ** -0.5 },
});

/**
 * The original Transformer (Vaswani et al. 2017, table 3), trained from scratch with label smoothing 0.1 and an inverse
 * square root schedule with warm-up. It is saved as a Marian model, which has the same layout: post-norm, sinusoidal
 * positions, shared embeddings of source, target and head.
 */
export const transformerPresets = {
  base: { ...vaswani(512), ...evenSizes(512, 8, 2048, 6), dropout: 0.1 },
  big: { ...vaswani(1024), ...evenSizes(1024, 16, 4096, 6), dropout: 0.3 },
} as const satisfies Record<string, BartConfig>;
