import {
  Alibi,
  MultiHeadAttention,
  NoPositions,
  type Pattern,
  type Positions,
  Rotary,
  type RotaryScaling,
} from '@sequitur/attention';
import { activationByName, GatedFeedForward, normal, RmsNorm, SequiturError } from '@sequitur/core';
import { PreNormBlock } from '../block.js';
import { definePart, type PartPlace } from './block-part.js';

/** How attention knows the order of what it reads. */
export type PositionsOptions =
  | { readonly kind: 'rotary'; readonly base?: number; readonly scaling?: RotaryScaling }
  | { readonly kind: 'alibi' }
  | { readonly kind: 'none' };

export interface AttentionPartOptions {
  /** Default one for each 64 numbers of the width, at least 1. */
  readonly heads: number;
  /** Default `heads`; fewer share keys and values. */
  readonly keyHeads: number;
  /** Which keys each query may see; default all up to its own position. */
  readonly pattern: Pattern;
  /** Default rotary. */
  readonly positions: PositionsOptions;
  /** Of the feed-forward; default 8/3 of the width, which makes a gated one as large as a plain one of 4. */
  readonly hiddenWidth: number;
  /** A name as Hugging Face writes it; default `silu`. */
  readonly activation: string;
  /** Share of the outputs set to zero in training; default 0. */
  readonly dropout: number;
}

/** A block of attention and a gated feed-forward, as in Llama (Touvron et al. 2023, section 2.2). */
export const attention = definePart<AttentionPartOptions>('attention', (options, place) => {
  const { width, depth } = place;
  const { heads = Math.max(1, Math.floor(width / 64)), keyHeads = heads, dropout = 0 } = options;
  const inner = { bias: false, initializer: normal(0.02) };
  const outer = { bias: false, initializer: normal(0.02 / Math.sqrt(2 * depth)) };
  return new PreNormBlock({
    mixerNorm: new RmsNorm(width),
    mixer: new MultiHeadAttention({
      width,
      heads,
      keyHeads,
      positions: positionsOf(options.positions ?? { kind: 'rotary' }, heads, place),
      ...(options.pattern && { pattern: options.pattern }),
      input: inner,
      output: outer,
    }),
    feedForwardNorm: new RmsNorm(width),
    feedForward: new GatedFeedForward({
      width,
      hiddenWidth: options.hiddenWidth ?? Math.round((8 * width) / 3),
      activation: activationByName(options.activation ?? 'silu'),
      dropout,
      up: inner,
      down: outer,
    }),
    dropout,
  });
});

function positionsOf(options: PositionsOptions, heads: number, { width }: PartPlace): Positions {
  switch (options.kind) {
    case 'rotary':
      return new Rotary({ headSize: width / heads, ...options });
    case 'alibi':
      return new Alibi(heads);
    case 'none':
      return new NoPositions();
    default:
      throw new SequiturError({
        where: 'attention part, positions',
        expected: 'a kind of rotary, alibi or none',
        got: JSON.stringify(options),
      });
  }
}
