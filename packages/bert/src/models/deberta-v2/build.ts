import { full, MultiHeadAttention } from '@sequitur/attention';
import { activationByName, FeedForward, LayerNorm, normal } from '@sequitur/core';
import { type Block, PostNormBlock } from '@sequitur/transformer';
import { BertEncoder } from '../../encoder.js';
import type { EncoderParts } from '../encoder-family.js';
import { DisentangledAttention } from './attention.js';
import type { DebertaConfig } from './config.js';
import { ConvolvedBlock } from './convolved-block.js';
import { DistanceVectors } from './distances.js';

/** The parts of a DeBERTa. */
export function buildDeberta(config: DebertaConfig): EncoderParts {
  const distances = config.relative ? distancesOf(config) : null;
  return {
    encoder: new BertEncoder(config, {
      clearsPadding: true,
      positioned: config.embedsPositions ?? true,
      block: (layer) => blockOf(config, distances, layer),
    }),
    headStyle: {
      poolerActivation: config.poolerActivation ?? 'gelu',
      dropsBeforePooler: false,
      maskedActivation: config.activation ?? 'gelu',
      dropout: config.classifierDropout ?? config.dropout ?? 0,
    },
  };
}

function distancesOf(config: DebertaConfig): DistanceVectors {
  const { width, contextLength, maxDistance = contextLength, distanceBuckets: count, normEpsilon = 1e-12 } = config;
  return new DistanceVectors({
    ...{ width, span: count ?? maxDistance, dropout: config.dropout ?? 0 },
    initializer: normal(config.initializerRange ?? 0.02),
    ...(count !== undefined && { buckets: { count, maxDistance } }),
    ...(config.distanceNorm && { normEpsilon }),
  });
}

function blockOf(config: DebertaConfig, distances: DistanceVectors | null, layer: number): Block {
  const { width, hiddenWidth = 4 * width, normEpsilon: epsilon = 1e-12, dropout = 0 } = config;
  const drawn = { initializer: normal(config.initializerRange ?? 0.02) };
  const activation = activationByName(config.activation ?? 'gelu');
  const parts = {
    mixer: attentionOf(config, distances),
    mixerNorm: new LayerNorm(width, { epsilon }),
    feedForward: new FeedForward({ width, hiddenWidth, activation, dropout, up: drawn, down: drawn }),
    feedForwardNorm: new LayerNorm(width, { epsilon }),
    dropout,
  };
  const { kernelSize, convolutionActivation = 'tanh' } = config;
  if (layer > 0 || kernelSize === undefined) return new PostNormBlock(parts) as unknown as Block;
  const convolution = {
    width,
    kernelSize,
    activation: convolutionActivation,
    normEpsilon: epsilon,
    convolution: drawn,
  };
  return new ConvolvedBlock({ ...parts, ...convolution }) as unknown as Block;
}

function attentionOf(config: DebertaConfig, distances: DistanceVectors | null) {
  const {
    width,
    heads,
    attentionDropout: dropout = 0,
    positionScores: scores = [],
    sharedProjections = false,
  } = config;
  const drawn = { initializer: normal(config.initializerRange ?? 0.02) };
  const options = { width, heads, dropout, input: drawn, output: drawn };
  if (distances && scores.length > 0)
    return new DisentangledAttention({ ...options, distances, scores, sharedProjections });
  const scale = 1 / Math.sqrt((width / heads) * (1 + scores.length));
  return new MultiHeadAttention({ ...options, pattern: full(), scale });
}
