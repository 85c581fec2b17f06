import { CrossAttention, full, MultiHeadAttention, sinusoidalTable } from '@sequitur/attention';
import { activationByName, Embedding, FeedForward, LayerNorm, Linear, normal, Parameter, zeros } from '@sequitur/core';
import { PreNormBlock } from '../../block.js';
import { PostNormDecoderBlock, PreNormDecoderBlock } from '../../decoder/decoder-block.js';
import { EncoderStack } from '../../encoder-stack.js';
import { PositionTable, type PositionVectors, SinusoidalPositions } from '../../positions/index.js';
import { PostNormBlock } from '../../post-norm-block.js';
import type { EncoderDecoderParts } from '../../sequence-to-sequence/encoder-decoder.js';
import { SourceEncoder, TargetDecoder } from '../../sequence-to-sequence/sides.js';
import { TokenEmbedding } from '../../token-embedding.js';
import type { BartConfig, BartLayout } from './config.js';

/** The parts of an encoder-decoder built like BART. */
export function buildBartLike(config: BartConfig, layout: BartLayout): EncoderDecoderParts {
  const { vocabularySize, width, tied = true, sharedEmbedding = true } = config;
  // Python's class uses the target vocabulary size only where embeddings are separate.
  const targetVocabularySize = (!sharedEmbedding && config.targetVocabularySize) || vocabularySize;
  const source = tokenTable(config, vocabularySize);
  const target = sharedEmbedding ? source : tokenTable(config, targetVocabularySize);
  const lastNorm = () => (layout.norm === 'pre' ? new LayerNorm(width) : null);
  return {
    encoder: new SourceEncoder(
      embedding(source, config, layout),
      new EncoderStack(encoderBlocks(config, layout), lastNorm()),
    ),
    decoder: new TargetDecoder(embedding(target, config, layout), decoderBlocks(config, layout), { norm: lastNorm() }),
    head: tied ? null : new Linear(width, targetVocabularySize, { ...drawn(config), bias: false }),
    logitsBias: (config.logitsBias ?? layout.logitsBias ?? true) ? constantBias(targetVocabularySize) : null,
    startToken: config.decoderStartToken,
    paddingToken: config.paddingToken,
    startsWithLast: layout.startsWithLast ?? false,
  };
}

/** The bias of the logits, which checkpoints store and which is not trained. */
function constantBias(vocabularySize: number): Parameter {
  const bias = new Parameter([1, vocabularySize], zeros);
  bias.trainable = false;
  return bias;
}

function drawn({ initializerRange = 0.02 }: BartConfig) {
  return { initializer: normal(initializerRange) };
}

function tokenTable(config: BartConfig, count: number): Embedding {
  return new Embedding(count, config.width, drawn(config).initializer, { padding: config.paddingToken });
}

function embedding(tokens: Embedding, config: BartConfig, layout: BartLayout): TokenEmbedding {
  const { width, scaleEmbedding = false, dropout = 0 } = config;
  return new TokenEmbedding({
    tokens,
    positions: positionVectors(config, layout),
    ...(layout.positions === 'countedSinusoidal' && { unplaced: config.paddingToken }),
    norm: layout.embeddingNorm ? new LayerNorm(width) : null,
    scale: scaleEmbedding ? Math.sqrt(width) : 1,
    dropout,
  });
}

function positionVectors(config: BartConfig, layout: BartLayout): PositionVectors {
  const { width, contextLength: count, positions = layout.positions } = config;
  if (positions === 'countedSinusoidal') return new SinusoidalPositions(width, 'halvesTo10000', count, 2);
  if (positions === 'sinusoidal') return new SinusoidalPositions(width, 'halves', count);
  if (positions === 'learned') {
    return new PositionTable({ count, width, offset: layout.positionOffset, initializer: drawn(config).initializer });
  }
  return new PositionTable({
    ...{ count, width, trained: false },
    initializer: () => sinusoidalTable(count, width, 'halves'),
  });
}

function encoderBlocks(config: BartConfig, { norm }: BartLayout) {
  const { width, encoderDepth, encoderHeads, encoderHiddenWidth, dropout = 0 } = config;
  const Block = norm === 'pre' ? PreNormBlock : PostNormBlock;
  return Array.from(
    { length: encoderDepth },
    () =>
      new Block({
        mixerNorm: new LayerNorm(width),
        mixer: new MultiHeadAttention({ ...projections(config, encoderHeads), pattern: full() }),
        feedForwardNorm: new LayerNorm(width),
        feedForward: feedForward(config, encoderHiddenWidth),
        dropout,
      }),
  );
}

function decoderBlocks(config: BartConfig, { norm }: BartLayout) {
  const { width, decoderDepth, decoderHeads, decoderHiddenWidth, dropout = 0 } = config;
  const Block = norm === 'pre' ? PreNormDecoderBlock : PostNormDecoderBlock;
  return Array.from(
    { length: decoderDepth },
    () =>
      new Block({
        mixerNorm: new LayerNorm(width),
        mixer: new MultiHeadAttention(projections(config, decoderHeads)),
        crossNorm: new LayerNorm(width),
        cross: new CrossAttention(projections(config, decoderHeads)),
        feedForwardNorm: new LayerNorm(width),
        feedForward: feedForward(config, decoderHiddenWidth),
        dropout,
      }),
  );
}

function projections(config: BartConfig, heads: number) {
  const { width, attentionDropout: dropout = 0 } = config;
  return { width, heads, dropout, input: drawn(config), output: drawn(config) };
}

function feedForward(config: BartConfig, hiddenWidth: number): FeedForward {
  const { width, activation = 'gelu', dropout = 0, activationDropout: hiddenDropout = 0 } = config;
  return new FeedForward({
    ...{ width, hiddenWidth, dropout, hiddenDropout, activation: activationByName(activation) },
    up: drawn(config),
    down: drawn(config),
  });
}
