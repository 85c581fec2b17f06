import { MultiHeadAttention, type Pattern, Rotary } from '@sequitur/attention';
import { FeedForward, geluTanh, LayerNorm, type SequenceMixer, type StateTree } from '@sequitur/core';
import { type Block, CausalStack, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { Candidate, Family, Shape } from './candidate.js';

type MixerOf = (shape: Shape, layer: number) => SequenceMixer<StateTree>;

interface DecoderOptions {
  readonly name: string;
  readonly family: Family;
  readonly mixer: MixerOf;
}

/**
 * A causal language model of pre-norm blocks without learned positions. Such candidates differ only in their mixers;
 * the width of the feed-forward compensates for the mixers' sizes.
 */
export function decoder({ name, family, mixer }: DecoderOptions): Candidate {
  return {
    name,
    family,
    knob: 'feed-forward width',
    create: (shape, hiddenWidth) => {
      const blocks = layers(shape).map((layer) => block(shape, hiddenWidth, mixer(shape, layer)));
      return { kind: 'causal', model: languageModel(shape, blocks) };
    },
  };
}

export function languageModel({ vocabularySize, width }: Shape, blocks: readonly Block[]): CausalStack {
  return new CausalStack({
    embedding: new TokenEmbedding({ vocabularySize, width }),
    blocks,
    norm: new LayerNorm(width),
  });
}

export function layers({ depth }: Shape): number[] {
  return Array.from({ length: depth }, (_, layer) => layer);
}

export function block({ width }: Shape, hiddenWidth: number, mixer: SequenceMixer<StateTree>): Block {
  return new PreNormBlock({
    mixerNorm: new LayerNorm(width),
    mixer,
    feedForwardNorm: new LayerNorm(width),
    feedForward: new FeedForward({ width, hiddenWidth, activation: geluTanh }),
  });
}

/** Multi-head attention with rotary positions over a pattern, which may depend on the shape. */
export function attentionDecoder(name: string, family: Family, patternOf: (shape: Shape) => Pattern): Candidate {
  return decoder({ name, family, mixer: (shape) => rotaryAttention(shape, patternOf(shape)) });
}

export function rotaryAttention({ width, heads }: Shape, pattern: Pattern) {
  return new MultiHeadAttention({ width, heads, pattern, positions: new Rotary({ headSize: width / heads }) });
}
