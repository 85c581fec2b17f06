import { CrossAttention, full, MultiHeadAttention, RelativeBuckets } from '@sequitur/attention';
import {
  activationByName,
  Embedding,
  FeedForward,
  GatedFeedForward,
  Linear,
  type LinearOptions,
  normal,
  RmsNorm,
} from '@sequitur/core';
import { PreNormBlock } from '../../block.js';
import { PreNormDecoderBlock } from '../../decoder/decoder-block.js';
import { EncoderStack } from '../../encoder-stack.js';
import type { EncoderDecoderParts } from '../../sequence-to-sequence/encoder-decoder.js';
import { SourceEncoder, TargetDecoder } from '../../sequence-to-sequence/sides.js';
import { TokenEmbedding } from '../../token-embedding.js';
import { hasOwnDistances, type T5Config } from './config.js';

/** The parts of a T5: pre-norm without biases; relative position buckets shared by all layers of a stack. */
export function buildT5(config: T5Config): EncoderDecoderParts {
  const { vocabularySize, width, encoderDepth, decoderDepth, normEpsilon = 1e-6, tied = true, dropout = 0 } = config;
  const { scaledOutput = tied } = config;
  const tokens = new Embedding(vocabularySize, width, normal(config.initialFactor ?? 1));
  const [looking, writing] = [distancesOfLayers(config, true), distancesOfLayers(config, false)];
  const norm = () => new RmsNorm(width, normEpsilon);
  const encoderBlocks = Array.from({ length: encoderDepth }, () => {
    const mixer = new MultiHeadAttention({ ...projections(config), pattern: full(), positions: looking() });
    return new PreNormBlock({
      mixerNorm: norm(),
      mixer,
      feedForwardNorm: norm(),
      feedForward: feedForward(config),
      dropout,
    });
  });
  const decoderBlocks = Array.from(
    { length: decoderDepth },
    () =>
      new PreNormDecoderBlock({
        mixerNorm: norm(),
        mixer: new MultiHeadAttention({ ...projections(config), positions: writing() }),
        crossNorm: norm(),
        cross: new CrossAttention(projections(config)),
        feedForwardNorm: norm(),
        feedForward: feedForward(config),
        dropout,
      }),
  );
  return {
    encoder: new SourceEncoder(
      new TokenEmbedding({ tokens, dropout }),
      new EncoderStack(encoderBlocks, norm()),
      dropout,
    ),
    decoder: new TargetDecoder(new TokenEmbedding({ tokens, dropout }), decoderBlocks, {
      norm: norm(),
      outputDropout: dropout,
    }),
    head: tied ? null : new Linear(width, vocabularySize, drawn(config.initialFactor ?? 1)),
    headScale: scaledOutput ? 1 / Math.sqrt(width) : 1,
    startToken: config.decoderStartToken,
    paddingToken: config.paddingToken,
  };
}

function drawn(deviation: number): LinearOptions {
  return { bias: false, initializer: normal(deviation) };
}

/** Scores are not scaled: initial query weights are smaller instead. */
function projections({ width, heads, headSize, dropout = 0, initialFactor = 1 }: T5Config) {
  return {
    ...{ width, heads, headSize, dropout, scale: 1 },
    query: drawn(initialFactor / Math.sqrt(width * headSize)),
    input: drawn(initialFactor / Math.sqrt(width)),
    output: drawn(initialFactor / Math.sqrt(heads * headSize)),
  };
}

/** The distances of each layer in turn. */
function distancesOfLayers(config: T5Config, bothWays: boolean): () => RelativeBuckets {
  if (hasOwnDistances(config)) return () => distances(config, bothWays);
  const shared = distances(config, bothWays);
  return () => shared;
}

function distances({ width, heads, buckets = 32, maxDistance = 128, initialFactor = 1 }: T5Config, bothWays: boolean) {
  const initializer = normal(initialFactor / Math.sqrt(width));
  return new RelativeBuckets({ heads, buckets, maxDistance, bidirectional: bothWays, initializer });
}

function feedForward({ width, hiddenWidth, activation = 'relu', gated, dropout = 0, initialFactor = 1 }: T5Config) {
  const options = {
    ...{ width, hiddenWidth, dropout, hiddenDropout: dropout, activation: activationByName(activation) },
    up: drawn(initialFactor / Math.sqrt(width)),
    down: drawn(initialFactor / Math.sqrt(hiddenWidth)),
  };
  return gated ? new GatedFeedForward(options) : new FeedForward(options);
}
