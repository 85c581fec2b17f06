import { MultiHeadAttention, type Pattern, Rotary } from '@sequitur/attention';
import { FeedForward, geluTanh, LayerNorm, type SequenceMixer, type StateTree } from '@sequitur/core';
import { type Block, CausalStack, PreNormBlock, TokenEmbedding } from '@sequitur/transformer';
import type { Candidate, DeclaredCost, Family, Shape } from './candidate.js';
import { visiblePairs } from './visible-pairs.js';

type MixerOf = (shape: Shape, layer: number) => SequenceMixer<StateTree>;

/** What a mixer adds to a block's cost: products for the whole text (multiply-adds), and bytes. */
export interface MixerCost {
  readonly multiplyAdds?: number;
  readonly stateBytes?: number;
}

interface DecoderOptions {
  readonly name: string;
  readonly family: Family;
  readonly mixer: MixerOf;
  /** Of the mixer of one block; absent where it declares nothing. */
  readonly cost?: (shape: Shape, layer: number) => MixerCost;
}

/**
 * A causal language model of pre-norm blocks without learned positions. All such candidates are alike but for their
 * mixers, and the width of the feed-forward evens out what those weigh.
 */
export function decoder({ name, family, mixer, cost }: DecoderOptions): Candidate {
  return {
    name,
    family,
    knob: 'feed-forward width',
    create: (shape, hiddenWidth) => {
      const blocks = layers(shape).map((layer) => block(shape, hiddenWidth, mixer(shape, layer)));
      return { kind: 'causal', model: languageModel(shape, blocks) };
    },
    ...(cost && { declared: (shape, hiddenWidth) => declared(shape, hiddenWidth, cost) }),
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

function declared(shape: Shape, hiddenWidth: number, cost: NonNullable<DecoderOptions['cost']>): DeclaredCost {
  const { width, depth, vocabularySize, length } = shape;
  const costs = layers(shape).map((layer) => cost(shape, layer));
  const shared = length * (depth * 2 * width * hiddenWidth + vocabularySize * width);
  const total = (pick: (of: MixerCost) => number | undefined) =>
    costs.reduce<number | undefined>((sum, of) => add(sum, pick(of)), 0);
  const multiplyAdds = add(
    shared,
    total((of) => of.multiplyAdds),
  );
  const stateBytes = total((of) => of.stateBytes);
  return {
    ...(multiplyAdds !== undefined && { flops: 2 * multiplyAdds }),
    ...(stateBytes !== undefined && { stateBytes }),
  };
}

function add(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** Multi-head attention with rotary positions over a pattern, which may depend on the shape. */
export function attentionDecoder(name: string, family: Family, patternOf: (shape: Shape) => Pattern): Candidate {
  return decoder({
    name,
    family,
    mixer: (shape) => rotaryAttention(shape, patternOf(shape)),
    cost: (shape) => attentionCost(shape, patternOf(shape)),
  });
}

export function rotaryAttention({ width, heads }: Shape, pattern: Pattern) {
  return new MultiHeadAttention({ width, heads, pattern, positions: new Rotary({ headSize: width / heads }) });
}

/** Four projections, and two products of the width for each pair of a query and a key that it sees. */
export function attentionCost(shape: Shape, pattern: Pattern): MixerCost {
  const { width, length } = shape;
  const { stateBytes } = rotaryAttention(shape, pattern).cost(length);
  return { multiplyAdds: 4 * length * width * width + 2 * width * visiblePairs(pattern, length), stateBytes };
}
