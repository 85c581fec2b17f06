import { full, MultiHeadAttention, Rotary, slidingWindow } from '@sequitur/attention';
import { activationByName, GatedFeedForward, LayerNorm, normal } from '@sequitur/core';
import { type Block, SandwichNormBlock } from '@sequitur/transformer';
import { BertEncoder } from '../../encoder.js';
import type { EncoderParts } from '../encoder-family.js';
import type { ModernBertConfig } from './config.js';

/** The parts of a ModernBERT: pre-norm blocks with rotary positions, most of them with windows, gated feed-forwards. */
export function buildModernBert(config: ModernBertConfig): EncoderParts {
  const { width, heads, fullEvery, rotaryBase, windowRotaryBase = rotaryBase, normBias = false } = config;
  const epsilon = config.normEpsilon ?? 1e-5;
  const norm = (size: number) => new LayerNorm(size, { epsilon, bias: normBias });
  const headSize = width / heads;
  const [whole, windowed] = [rotaryBase, windowRotaryBase].map((base) => new Rotary({ headSize, base }));
  return {
    encoder: new BertEncoder(
      { ...config, tokenTypeCount: 0, normEpsilon: epsilon },
      {
        ...{ positioned: false, normBias, norm: norm(width) },
        block: (index) => block(config, index, index % fullEvery === 0 ? whole! : windowed!, norm),
      },
    ),
    headStyle: {
      poolerActivation: config.headActivation ?? 'gelu',
      dropsBeforePooler: false,
      maskedActivation: config.headActivation ?? 'gelu',
      dropout: config.classifierDropout ?? 0,
      denseBias: config.headBias ?? false,
      norm,
      pools: config.pools ?? 'first',
      transformsTokens: true,
      scoreBias: config.scoreBias ?? true,
    },
  };
}

function block(config: ModernBertConfig, index: number, positions: Rotary, norm: (width: number) => LayerNorm): Block {
  const { width, heads, hiddenWidth, fullEvery, window, attentionDropout: dropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const side = Math.floor(window / 2);
  const projection = { bias: config.attentionBias ?? false, initializer };
  const linear = { bias: config.feedForwardBias ?? false, initializer };
  return new SandwichNormBlock({
    ...(index > 0 && { mixerNorm: norm(width) }), // the embedding is normalised already
    mixer: new MultiHeadAttention({
      ...{ width, heads, positions, dropout, fullyMasked: 'all', input: projection, output: projection },
      pattern: index % fullEvery === 0 ? full() : slidingWindow({ left: side, right: side }),
    }),
    feedForwardNorm: norm(width),
    feedForward: new GatedFeedForward({
      ...{ width, hiddenWidth, up: linear, down: linear },
      activation: activationByName(config.activation ?? 'gelu'),
      hiddenDropout: config.feedForwardDropout ?? 0,
    }),
    dropout,
  });
}
