import { MultiHeadAttention, Rotary } from '@sequitur/attention';
import { activationByName, FeedForward, LayerNorm, Linear, normal } from '@sequitur/core';
import { type LanguageModelParts, ParallelBlock, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { GptNeoxConfig } from './config.js';

/** The parts of a GPT-NeoX. */
export function buildGptNeox(config: GptNeoxConfig): LanguageModelParts {
  const { vocabularySize, contextLength, width, depth, normEpsilon = 1e-5, hiddenDropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const positions = rotary(config);
  return {
    embedding: new TokenEmbedding({ vocabularySize, width, dropout: hiddenDropout, initializer }),
    blocks: Array.from({ length: depth }, () => block(config, positions)),
    norm: new LayerNorm(width, { epsilon: normEpsilon }),
    contextLength,
    ...(!config.tied && { head: new Linear(width, vocabularySize, { bias: false, initializer }) }),
  };
}

function block(config: GptNeoxConfig, positions: Rotary) {
  const { width, heads, hiddenWidth, normEpsilon = 1e-5, parallel = true, hiddenDropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const bias = config.attentionBias ?? true;
  const parts = {
    mixerNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    mixer: new MultiHeadAttention({
      width,
      heads,
      positions,
      dropout: config.attentionDropout ?? 0,
      input: { bias, initializer },
      output: { bias, initializer },
    }),
    feedForwardNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    feedForward: new FeedForward({
      width,
      hiddenWidth,
      activation: activationByName(config.activation ?? 'gelu'),
      dropout: hiddenDropout,
      up: { initializer },
      down: { initializer },
    }),
    dropout: hiddenDropout,
  };
  return parallel ? new ParallelBlock(parts) : new PreNormBlock(parts);
}

function rotary({
  width,
  heads,
  partialRotaryFactor = 0.25,
  rotaryBase = 10000,
  rotaryScaling,
}: GptNeoxConfig): Rotary {
  const headSize = width / heads;
  return new Rotary({
    headSize,
    rotaryDimensions: Math.trunc(headSize * partialRotaryFactor),
    base: rotaryBase,
    ...(rotaryScaling && { scaling: rotaryScaling }),
  });
}
