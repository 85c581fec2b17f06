import { MultiHeadAttention } from '@sequitur/attention';
import { activationByName, FeedForward, LayerNorm, Linear, normal, SequiturError } from '@sequitur/core';
import { type LanguageModelParts, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { Gpt2Config } from './config.js';

/** The parts of a GPT-2, from embedding to head. */
export function buildGpt2(config: Gpt2Config): LanguageModelParts {
  const { vocabularySize, contextLength, width, depth, normEpsilon = 1e-5, initializerRange = 0.02 } = config;
  checkHeads(config);
  return {
    embedding: new TokenEmbedding({
      vocabularySize,
      width,
      learnedPositions: contextLength,
      dropout: config.embeddingDropout ?? 0,
    }),
    blocks: Array.from({ length: depth }, (_, index) => gpt2Block(config, index)),
    norm: new LayerNorm(width, { epsilon: normEpsilon }),
    ...(config.tied === false && {
      head: new Linear(width, vocabularySize, { bias: false, initializer: normal(initializerRange) }),
    }),
  };
}

function gpt2Block(config: Gpt2Config, index: number) {
  const { width, depth, heads, hiddenWidth = 4 * width, normEpsilon = 1e-5, initializerRange = 0.02 } = config;
  const inner = { initializer: normal(initializerRange) };
  // Each block adds to the residual stream twice: smaller initial outputs keep its variance (Radford et al. 2019,
  // section 2.3).
  const outer = { initializer: normal(initializerRange / Math.sqrt(2 * depth)) };
  return new PreNormBlock({
    mixerNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    mixer: new MultiHeadAttention({
      width,
      heads,
      scale: scoreScale(config, index),
      dropout: config.attentionDropout ?? 0,
      input: inner,
      output: outer,
    }),
    feedForwardNorm: new LayerNorm(width, { epsilon: normEpsilon }),
    feedForward: new FeedForward({
      width,
      hiddenWidth,
      activation: activationByName(config.activation ?? 'gelu_new'),
      dropout: config.residualDropout ?? 0,
      up: inner,
      down: outer,
    }),
    dropout: config.residualDropout ?? 0,
  });
}

function scoreScale(
  { width, heads, scaleScores = true, scaleScoresByDepth = false }: Gpt2Config,
  index: number,
): number {
  return (scaleScores ? 1 / Math.sqrt(width / heads) : 1) / (scaleScoresByDepth ? index + 1 : 1);
}

function checkHeads({ width, heads }: Gpt2Config): void {
  if (width % heads === 0) return;
  throw new SequiturError({
    where: 'GPT-2 config',
    expected: 'a width that the number of heads divides',
    got: `width ${width} and ${heads} heads`,
  });
}
