import { causal, MultiHeadAttention, type Pattern, type PositionalEncoding, Rotary } from '@sequitur/attention';
import {
  activationByName,
  FeedForward,
  GatedFeedForward,
  type Initializer,
  LayerNorm,
  Linear,
  type Norm,
  normal,
  RmsNorm,
  type RouterBalance,
  type SequenceMixer,
} from '@sequitur/core';
import {
  type Block,
  type EmbeddingOptions,
  type LanguageModelParts,
  type PositionwiseLayer,
  TokenEmbedding,
} from '@sequitur/transformer';
import { type Arrangement, preNorm, type Sublayers } from './arrangements.js';
import type { BiasedLlamaConfig, DecoderConfig, LlamaConfig } from './config.js';

/** Variations of a decoder from Llama. */
export interface LlamaVariation {
  /** The norm of a block; default {@link RmsNorm}. */
  readonly norm?: (width: number, epsilon: number) => Norm;
  /** Options of the embedding; the scale and the dropout of token vectors among them. */
  readonly embedding?: EmbeddingOptions & { readonly initializer?: Initializer; readonly padding?: number | undefined };
  readonly inputBias?: boolean;
  readonly outputBias?: boolean;
  readonly feedForwardBias?: boolean;
  readonly headBias?: boolean;
  /** The attention pattern of each block; default {@link causal}. */
  readonly pattern?: (block: number) => Pattern;
  /** The positional encoding of each block; default the rotary encoding of the configuration. */
  readonly positions?: (block: number) => PositionalEncoding;
  /** Whether pairs of neighbouring dimensions are rotated, instead of halves; default false. */
  readonly interleaved?: boolean;
  /** Factor on the scores of each block; default 1 / sqrt(headSize). */
  readonly scale?: (block: number) => number;
  /** Soft cap of the scores; default none. */
  readonly softCap?: number | undefined;
  /** Keys that a query attends to if all of them are masked; default all keys. */
  readonly fullyMasked?: 'evenly' | 'all';
  /** Whether attention has sinks; fully masked queries then attend to nothing. Default false. */
  readonly sinks?: boolean;
  /** Norms of queries and keys, given the number of heads; default none. */
  readonly queryKeyNorm?: (heads: number, headSize: number, epsilon: number) => Norm;
  readonly normSpan?: 'head' | 'heads';
  /** Norm of the keys alone; default none. */
  readonly keyNorm?: () => Norm;
  readonly logitScale?: number;
  readonly logitSoftCap?: number | undefined;
  /** Dropout of each sublayer's output, before the residual connection; default 0. */
  readonly residualDropout?: number | undefined;
  /** Standard deviation of the initial weights of output projections; default that of all others. */
  readonly outputRange?: number;
  /** The mixer of each block in place of attention, or around it; undefined or absent: attention. */
  readonly mixer?: (block: number, attention: () => MultiHeadAttention) => object | undefined;
  /** The feed-forward layer of each block; undefined or absent: that of the configuration. */
  readonly feedForward?: (block: number) => PositionwiseLayer | undefined;
  /** Load balancing of the experts; default none. */
  readonly balance?: RouterBalance;
  /** Whether the feed-forward is gated, or plain with two linear layers; default true. */
  readonly gated?: boolean;
  /** Arrangement of norms and sublayers in a block; default {@link preNorm}. */
  readonly arrange?: Arrangement;
}

/** The parts of a Llama. */
export function buildLlama(config: BiasedLlamaConfig): LanguageModelParts {
  const { attentionBias: bias = false, feedForwardBias = false } = config;
  return buildLlamaLike(config, { inputBias: bias, outputBias: bias, feedForwardBias });
}

/** The parts of a model built like Llama: root mean square norms, rotary positions, gated feed-forward, no biases. */
export function buildLlamaLike(config: DecoderConfig, variation: LlamaVariation = {}): LanguageModelParts {
  const { vocabularySize, contextLength, width, depth, normEpsilon = 1e-6, tied = false } = config;
  const { norm = rootMeanSquare, headBias: bias = false } = variation;
  const initializer = normal(config.initializerRange ?? 0.02);
  const varied = { ...variation, norm, positions: variation.positions ?? everywhere(rotaryOf(config, variation)) };
  return {
    embedding: new TokenEmbedding({
      ...{ vocabularySize, width, initializer, padding: config.paddingToken },
      ...variation.embedding,
    }),
    blocks: Array.from({ length: depth }, (_, index) => block(config, varied, index)),
    norm: norm(width, normEpsilon),
    ...(contextLength !== undefined && { contextLength }),
    ...(!tied && { head: new Linear(width, vocabularySize, { bias, initializer }) }),
    ...(config.rotaryScaling?.kind === 'longrope' && { rereadLength: config.rotaryScaling.trainedLength }),
    ...(variation.balance && { balance: variation.balance }),
    ...(variation.logitScale !== undefined && { logitScale: variation.logitScale }),
    ...(variation.logitSoftCap !== undefined && { logitSoftCap: variation.logitSoftCap }),
  };
}

type FullVariation = LlamaVariation & Required<Pick<LlamaVariation, 'norm' | 'positions'>>;

function block(config: DecoderConfig, variation: FullVariation, index: number): Block {
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

function attentionOf(config: DecoderConfig, variation: FullVariation, index: number): MultiHeadAttention {
  const { width, heads, keyHeads = heads, headSize = width / heads, normEpsilon = 1e-6 } = config;
  const { inputBias = false, outputBias = false, pattern = causal, positions, queryKeyNorm, sinks = false } = variation;
  const { input, output } = initializers(config, variation);
  return new MultiHeadAttention({
    ...{ width, heads, keyHeads, headSize, sinks },
    positions: positions(index),
    pattern: pattern(index),
    fullyMasked: variation.fullyMasked ?? (sinks ? 'zeros' : 'all'),
    dropout: config.attentionDropout ?? 0,
    input: { bias: inputBias, initializer: input },
    output: { bias: outputBias, initializer: output },
    ...(variation.scale && { scale: variation.scale(index) }),
    ...(variation.softCap !== undefined && { softCap: variation.softCap }),
    ...(variation.normSpan && { normSpan: variation.normSpan }),
    ...(variation.keyNorm && { keyNorm: variation.keyNorm() }),
    ...(queryKeyNorm && {
      queryNorm: queryKeyNorm(heads, headSize, normEpsilon),
      keyNorm: queryKeyNorm(keyHeads, headSize, normEpsilon),
    }),
  });
}

function feedForwardOf(config: DecoderConfig, variation: LlamaVariation) {
  const { feedForwardBias: bias = false, gated = true, residualDropout: dropout = 0 } = variation;
  const { input, output } = initializers(config, variation);
  return new (gated ? GatedFeedForward : FeedForward)({
    width: config.width,
    hiddenWidth: config.hiddenWidth,
    activation: activationByName(config.activation ?? 'silu'),
    dropout,
    up: { bias, initializer: input },
    down: { bias, initializer: output },
  });
}

function initializers({ initializerRange = 0.02 }: DecoderConfig, { outputRange = initializerRange }: LlamaVariation) {
  return { input: normal(initializerRange), output: normal(outputRange) };
}

/** The rotary encoding of a configuration. */
export function rotaryOf(
  config: Pick<LlamaConfig, 'width' | 'heads' | 'headSize' | 'rotaryBase' | 'rotaryScaling' | 'partialRotaryFactor'>,
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

const everywhere = (positions: PositionalEncoding) => () => positions;

function rootMeanSquare(width: number, epsilon: number): Norm {
  return new RmsNorm(width, epsilon);
}

/** The norm of GPT-2 and of many models built like Llama otherwise. */
export function layerNorm(width: number, epsilon: number): Norm {
  return new LayerNorm(width, { epsilon });
}
