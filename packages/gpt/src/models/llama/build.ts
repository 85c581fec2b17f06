import { causal, MultiHeadAttention, type Pattern, Rotary } from '@sequitur/attention';
import { activationByName, GatedFeedForward, Linear, type Norm, normal, RmsNorm } from '@sequitur/core';
import { type LanguageModelParts, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { BiasedLlamaConfig, LlamaConfig } from './config.js';

/** Differences of Llama-like models from Llama. */
export interface LlamaVariation {
  /** Default {@link RmsNorm}. */
  readonly norm?: (width: number, epsilon: number) => Norm;
  readonly inputBias?: boolean;
  readonly outputBias?: boolean;
  readonly feedForwardBias?: boolean;
  /** Of each block; default {@link causal}. */
  readonly pattern?: (block: number) => Pattern;
  /** Factor on the token embeddings. */
  readonly embeddingScale?: number;
}

/** The parts of a Llama. */
export function buildLlama(config: BiasedLlamaConfig): LanguageModelParts {
  const { attentionBias: bias = false, feedForwardBias = false } = config;
  return buildLlamaLike(config, { inputBias: bias, outputBias: bias, feedForwardBias });
}

/** The parts of a Llama-like model: root mean square norms, rotary positions, gated feed-forward, no biases. */
export function buildLlamaLike(config: LlamaConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { vocabularySize, contextLength, width, depth, normEpsilon = 1e-6 } = config;
  const { norm = rootMeanSquare, embeddingScale = 1 } = variation;
  const initializer = normal(config.initializerRange ?? 0.02);
  const positions = rotary(config);
  return {
    embedding: new TokenEmbedding({
      ...{ vocabularySize, width, scale: embeddingScale, initializer, padding: config.paddingToken },
    }),
    blocks: Array.from({ length: depth }, (_, index) => block(config, { ...variation, norm }, positions, index)),
    norm: norm(width, normEpsilon),
    contextLength,
    ...(!config.tied && { head: new Linear(width, vocabularySize, { bias: false, initializer }) }),
  };
}

function block(
  config: LlamaConfig,
  variation: LlamaVariation & Required<Pick<LlamaVariation, 'norm'>>,
  positions: Rotary,
  index: number,
) {
  const { width, heads, keyHeads = heads, headSize = width / heads, hiddenWidth, normEpsilon = 1e-6 } = config;
  const { norm, inputBias = false, outputBias = false, feedForwardBias: bias = false, pattern = causal } = variation;
  const initializer = normal(config.initializerRange ?? 0.02);
  return new PreNormBlock({
    mixerNorm: norm(width, normEpsilon),
    mixer: new MultiHeadAttention({
      width,
      heads,
      keyHeads,
      headSize,
      positions,
      pattern: pattern(index),
      fullyMasked: 'all',
      dropout: config.attentionDropout ?? 0,
      input: { bias: inputBias, initializer },
      output: { bias: outputBias, initializer },
    }),
    feedForwardNorm: norm(width, normEpsilon),
    feedForward: new GatedFeedForward({
      width,
      hiddenWidth,
      activation: activationByName(config.activation ?? 'silu'),
      up: { bias, initializer },
      down: { bias, initializer },
    }),
  });
}

function rotary({ width, heads, headSize = width / heads, rotaryBase = 10000, rotaryScaling }: LlamaConfig): Rotary {
  return new Rotary({ headSize, base: rotaryBase, ...(rotaryScaling && { scaling: rotaryScaling }) });
}

function rootMeanSquare(width: number, epsilon: number): Norm {
  return new RmsNorm(width, epsilon);
}
