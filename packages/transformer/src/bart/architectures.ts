import type { Architecture } from '@sequitur/core';
import { costOfUse } from '../sequence-to-sequence/cost.js';
import type { SequenceToSequenceFamily } from '../sequence-to-sequence/family.js';
import { SequenceToSequence } from '../sequence-to-sequence/sequence-to-sequence.js';
import type { BartConfig, BartLayout } from './config.js';
import { bartFamily, bartLayout, marianFamily, marianLayout } from './families.js';

const sizes = (width: number, heads: number, hiddenWidth: number, depth: number) => ({
  width,
  ...{ encoderDepth: depth, encoderHeads: heads, encoderHiddenWidth: hiddenWidth },
  ...{ decoderDepth: depth, decoderHeads: heads, decoderHiddenWidth: hiddenWidth },
});

const bartTokens = {
  ...{ modelType: 'bart', vocabularySize: 50265, contextLength: 1024 },
  ...{ startToken: 0, paddingToken: 1, endToken: 2, decoderStartToken: 2 },
};

/** BART as a value, for lists that compare architectures. */
export const bart = architecture('bart', bartFamily, bartLayout, {
  base: { ...bartTokens, ...sizes(768, 12, 3072, 6) },
  large: { ...bartTokens, ...sizes(1024, 16, 4096, 12) },
});

const marianTokens = {
  ...{ modelType: 'marian', vocabularySize: 58101, contextLength: 512, scaleEmbedding: true, activation: 'swish' },
  ...{ paddingToken: 58100, endToken: 0, decoderStartToken: 58100 },
};

/** Marian as a value: the translation models of Opus-MT. */
export const marian = architecture('marian', marianFamily, marianLayout, {
  opus: { ...marianTokens, ...sizes(512, 8, 2048, 6) },
});

/** 37,000 pieces and three tokens more, in models of up to 512 tokens; relu, embeddings drawn with 1 / sqrt(width). */
const vaswani = (width: number) => ({
  ...{ modelType: 'marian', vocabularySize: 37003, contextLength: 512, scaleEmbedding: true, activation: 'relu' },
  ...{ endToken: 0, paddingToken: 2, decoderStartToken: 2, initializerRange: width ** -0.5 },
});

/**
 * The Transformer as it was first (Vaswani et al. 2017, table 3), to be trained from scratch with label smoothing 0.1 and
 * a rate that warms up, then falls with the square root of the step. It is saved as a Marian model, whose layout it has:
 * post-norm, sinusoids, one embedding for source, target and head.
 */
export const transformer = architecture('transformer', marianFamily, marianLayout, {
  base: { ...vaswani(512), ...sizes(512, 8, 2048, 6), dropout: 0.1 },
  big: { ...vaswani(1024), ...sizes(1024, 16, 4096, 6), dropout: 0.3 },
});

function architecture(
  name: string,
  family: SequenceToSequenceFamily<BartConfig>,
  layout: BartLayout,
  presets: Readonly<Record<string, BartConfig>>,
): Architecture<BartConfig, 'sequenceToSequence'> {
  return {
    name,
    kind: 'sequenceToSequence',
    presets,
    create: (config) => new SequenceToSequence(config, family),
    cost: (config, length) => ({
      parameters: bartParameters(config, layout),
      ...costOfUse(new SequenceToSequence(config, family), length),
    }),
  };
}

/** Trained numbers of a model of BART's kin with this layout. */
export function bartParameters(config: BartConfig, layout: BartLayout): number {
  const { vocabularySize, targetVocabularySize = vocabularySize, width, encoderDepth, decoderDepth } = config;
  const { tied = true, sharedEmbedding = true, logitsBias = true } = config;
  const attention = 4 * (width * width + width);
  const feedForward = (hiddenWidth: number) => 2 * width * hiddenWidth + hiddenWidth + width;
  const stack = (depth: number, numbers: number) => depth * numbers + (layout.norm === 'pre' ? 2 * width : 0);
  const encoder = stack(encoderDepth, attention + feedForward(config.encoderHiddenWidth) + 4 * width);
  const decoder = stack(decoderDepth, 2 * attention + feedForward(config.decoderHiddenWidth) + 6 * width);
  const tables = vocabularySize + (sharedEmbedding ? 0 : targetVocabularySize) + (tied ? 0 : targetVocabularySize);
  const perSide = positionRows(config, layout) * width + (layout.embeddingNorm ? 2 * width : 0);
  return tables * width + 2 * perSide + encoder + decoder + (logitsBias ? targetVocabularySize : 0);
}

function positionRows({ contextLength, positions }: BartConfig, layout: BartLayout): number {
  switch (positions ?? layout.positions) {
    case 'sinusoidal':
      return 0;
    case 'learned':
      return contextLength + layout.positionOffset;
    default:
      return contextLength;
  }
}
