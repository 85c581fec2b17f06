import { causal, MultiHeadAttention, type Pattern, type PositionalEncoding, Rotary } from '@sequitur/attention';
import {
  activationByName,
  FeedForward,
  GatedFeedForward,
  Linear,
  type Norm,
  normal,
  RmsNorm,
  type RouterBalance,
  type SequenceMixer,
} from '@sequitur/core';
import {
  type Block,
  type LanguageModelParts,
  type PositionwiseLayer,
  PreNormBlock,
  TokenEmbedding,
} from '@sequitur/transformer';
import type { BiasedLlamaConfig, LlamaConfig } from './config.js';

/** The sublayers of a block, and a maker of norms of its width. */
export interface Sublayers {
  readonly mixer: SequenceMixer<never>;
  readonly feedForward: PositionwiseLayer;
  readonly norm: () => Norm;
  /** Dropout of the mixer's output; the feed-forward has its own. */
  readonly dropout: number;
}

/** Where the models built like Llama differ from it. */
export interface LlamaVariation {
  /** The norm of a block; default {@link RmsNorm}. */
  readonly norm?: (width: number, epsilon: number) => Norm;
  readonly inputBias?: boolean;
  readonly outputBias?: boolean;
  readonly feedForwardBias?: boolean;
  readonly headBias?: boolean;
  /** The attention pattern of each block; default {@link causal}. */
  readonly pattern?: (block: number) => Pattern;
  /** The positional encoding of each block; default the rotary encoding of the configuration. */
  readonly positions?: (block: number) => PositionalEncoding;
  /** Pairs of neighbouring dimensions are rotated, instead of halves. */
  readonly interleaved?: boolean;
  /** Factor on the scores; default 1 / sqrt(headSize). */
  readonly scale?: number;
  /** Soft cap of the scores. */
  readonly softCap?: number | undefined;
  /** Attention sinks; then fully masked queries attend to nothing. */
  readonly sinks?: boolean;
  /** Norms of queries and keys, given the number of heads; default none. */
  readonly queryKeyNorm?: (heads: number, headSize: number, epsilon: number) => Norm;
  readonly normSpan?: 'head' | 'heads';
  /** A norm of the keys alone. */
  readonly keyNorm?: () => Norm;
  /** Multiplies the vectors of the tokens. */
  readonly embeddingScale?: number;
  readonly logitScale?: number;
  /** Dropout of the token vectors, and of what each sublayer adds; default 0. */
  readonly embeddingDropout?: number | undefined;
  readonly residualDropout?: number | undefined;
  readonly logitSoftCap?: number | undefined;
  /** The mixer of each block in place of attention, or around it; undefined or absent: attention. */
  readonly mixer?: (block: number, attention: () => MultiHeadAttention) => object | undefined;
  /** The feed-forward layer of each block; undefined or absent: that of the configuration. */
  readonly feedForward?: (block: number) => PositionwiseLayer | undefined;
  /** What balances the experts, where there are some. */
  readonly balance?: RouterBalance;
  /** A gated feed-forward (the default), or the plain one with two products. */
  readonly gated?: boolean;
  /** Puts the sublayers together; default {@link PreNormBlock}. */
  readonly arrange?: (sublayers: Sublayers, block: number) => Block<never>;
}

/** The parts of a Llama. */
export function buildLlama(config: BiasedLlamaConfig): LanguageModelParts {
  const { attentionBias: bias = false, feedForwardBias = false } = config;
  return buildLlamaLike(config, { inputBias: bias, outputBias: bias, feedForwardBias });
}

/** The parts of a model built like Llama: root mean square norms, rotary positions, gated feed-forward, no biases. */
export function buildLlamaLike(config: LlamaConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { vocabularySize, contextLength, width, depth, normEpsilon = 1e-6, tied = false } = config;
  const { norm = rootMeanSquare, embeddingScale = 1, headBias: bias = false } = variation;
  const initializer = normal(config.initializerRange ?? 0.02);
  const rotary = rotaryOf(config, variation);
  const varied = { positions: () => rotary, ...variation, norm };
  return {
    embedding: new TokenEmbedding({
      ...{ vocabularySize, width, scale: embeddingScale, initializer, padding: config.paddingToken },
      dropout: variation.embeddingDropout ?? 0,
    }),
    blocks: Array.from({ length: depth }, (_, index) => block(config, varied, index)),
    norm: norm(width, normEpsilon),
    contextLength,
    ...(!tied && { head: new Linear(width, vocabularySize, { bias, initializer }) }),
    ...(config.rotaryScaling?.kind === 'longrope' && { rereadLength: config.rotaryScaling.trainedLength }),
    ...(variation.balance && { balance: variation.balance }),
    ...(variation.logitScale !== undefined && { logitScale: variation.logitScale }),
    ...(variation.logitSoftCap !== undefined && { logitSoftCap: variation.logitSoftCap }),
  };
}

type FullVariation = LlamaVariation & Required<Pick<LlamaVariation, 'norm' | 'positions'>>;

function block(config: LlamaConfig, variation: FullVariation, index: number): Block {
  const { width, normEpsilon = 1e-6 } = config;
  const attention = () => attentionOf(config, variation, index);
  const sublayers: Sublayers = {
    mixer: (variation.mixer?.(index, attention) ?? attention()) as unknown as SequenceMixer<never>,
    feedForward: variation.feedForward?.(index) ?? feedForwardOf(config, variation),
    norm: () => variation.norm(width, normEpsilon),
    dropout: variation.residualDropout ?? 0,
  };
  return (variation.arrange ?? preNorm)(sublayers, index) as Block;
}

function attentionOf(config: LlamaConfig, variation: FullVariation, index: number): MultiHeadAttention {
  const { width, heads, keyHeads = heads, headSize = width / heads, normEpsilon = 1e-6 } = config;
  const { inputBias = false, outputBias = false, pattern = causal, positions, queryKeyNorm, scale } = variation;
  const initializer = normal(config.initializerRange ?? 0.02);
  return new MultiHeadAttention({
    ...{ width, heads, keyHeads, headSize },
    positions: positions(index),
    pattern: pattern(index),
    fullyMasked: variation.sinks ? 'zeros' : 'all',
    sinks: variation.sinks ?? false,
    dropout: config.attentionDropout ?? 0,
    input: { bias: inputBias, initializer },
    output: { bias: outputBias, initializer },
    ...(scale !== undefined && { scale }),
    ...(variation.softCap !== undefined && { softCap: variation.softCap }),
    ...(variation.normSpan && { normSpan: variation.normSpan }),
    ...(variation.keyNorm && { keyNorm: variation.keyNorm() }),
    ...(queryKeyNorm && {
      queryNorm: queryKeyNorm(heads, headSize, normEpsilon),
      keyNorm: queryKeyNorm(keyHeads, headSize, normEpsilon),
    }),
  });
}

function feedForwardOf(
  config: LlamaConfig,
  { feedForwardBias: bias = false, gated = true, residualDropout: dropout = 0 }: LlamaVariation,
) {
  const initializer = normal(config.initializerRange ?? 0.02);
  return new (gated ? GatedFeedForward : FeedForward)({
    width: config.width,
    hiddenWidth: config.hiddenWidth,
    activation: activationByName(config.activation ?? 'silu'),
    dropout,
    up: { bias, initializer },
    down: { bias, initializer },
  });
}

/** Norms before both sublayers. */
export function preNorm({ mixer, feedForward, norm, dropout }: Sublayers): Block<never> {
  return new PreNormBlock({ mixerNorm: norm(), mixer, feedForwardNorm: norm(), feedForward, dropout });
}

/** The rotary encoding of a configuration. */
export function rotaryOf(
  config: LlamaConfig,
  { interleaved = false }: Pick<LlamaVariation, 'interleaved'> = {},
): Rotary {
  const { width, heads, headSize = width / heads, rotaryBase = 10000, rotaryScaling } = config;
  return new Rotary({
    headSize,
    rotaryDimensions: Math.trunc(headSize * (config.partialRotaryFactor ?? 1)),
    base: rotaryBase,
    interleaved,
    ...(rotaryScaling && { scaling: rotaryScaling }),
  });
}

function rootMeanSquare(width: number, epsilon: number): Norm {
  return new RmsNorm(width, epsilon);
}
