import { Alibi, MultiHeadAttention } from '@sequitur/attention';
import { FeedForward, geluTanh, LayerNorm, Linear, normal } from '@sequitur/core';
import { type LanguageModelParts, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { BloomConfig } from './config.js';
import { NormResidualBlock } from './norm-residual-block.js';

/** The parts of a Bloom. */
export function buildBloom(config: BloomConfig): LanguageModelParts {
  const { vocabularySize, width, depth, heads, normEpsilon = 1e-5 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const norm = () => new LayerNorm(width, { epsilon: normEpsilon });
  const positions = new Alibi(heads);
  return {
    embedding: new TokenEmbedding({ vocabularySize, width, norm: norm(), initializer }),
    blocks: Array.from({ length: depth }, () => block(config, positions)),
    norm: norm(),
    ...(config.tied === false && { head: new Linear(width, vocabularySize, { bias: false, initializer }) }),
  };
}

function block(config: BloomConfig, positions: Alibi) {
  const { width, heads, normEpsilon = 1e-5, hiddenDropout = 0 } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  const parts = {
    mixerNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    mixer: new MultiHeadAttention({
      width,
      heads,
      positions,
      fullyMasked: 'all',
      dropout: config.attentionDropout ?? 0,
      input: { initializer },
      output: { initializer },
    }),
    feedForwardNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    feedForward: new FeedForward({
      width,
      hiddenWidth: 4 * width,
      activation: geluTanh,
      dropout: hiddenDropout,
      up: { initializer },
      down: { initializer },
    }),
    dropout: hiddenDropout,
  };
  return config.residualFromNorm ? new NormResidualBlock(parts) : new PreNormBlock(parts);
}
