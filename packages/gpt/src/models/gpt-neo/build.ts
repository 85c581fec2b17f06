import { causal, MultiHeadAttention, slidingWindow } from '@sequitur/attention';
import { activationByName, FeedForward, LayerNorm, Linear, normal } from '@sequitur/core';
import { type LanguageModelParts, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { GptNeoConfig, NeoReach } from './config.js';

/** The parts of a GPT-Neo. */
export function buildGptNeo(config: GptNeoConfig): LanguageModelParts {
  const { vocabularySize, contextLength, width, normEpsilon = 1e-5, embeddingDropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  return {
    embedding: new TokenEmbedding({
      vocabularySize,
      width,
      learnedPositions: contextLength,
      dropout: embeddingDropout,
      initializer,
    }),
    blocks: config.reaches.map((reach) => block(config, reach)),
    norm: new LayerNorm(width, { epsilon: normEpsilon }),
    ...(config.tied === false && { head: new Linear(width, vocabularySize, { bias: false, initializer }) }),
  };
}

function block(config: GptNeoConfig, reach: NeoReach) {
  const { width, heads, hiddenWidth = 4 * width, window = 256, normEpsilon = 1e-5, residualDropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  return new PreNormBlock({
    mixerNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    mixer: new MultiHeadAttention({
      width,
      heads,
      scale: 1,
      pattern: reach === 'local' ? slidingWindow({ left: window - 1, right: 0 }) : causal(),
      dropout: config.attentionDropout ?? 0,
      input: { bias: false, initializer },
      output: { initializer },
    }),
    feedForwardNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    feedForward: new FeedForward({
      width,
      hiddenWidth,
      activation: activationByName(config.activation ?? 'gelu_new'),
      dropout: residualDropout,
      up: { initializer },
      down: { initializer },
    }),
    dropout: residualDropout,
  });
}
