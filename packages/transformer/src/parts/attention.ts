import {
  Alibi,
  MultiHeadAttention,
  NoPositionalEncoding,
  type Pattern,
  type PositionalEncoding,
  Rotary,
  type RotaryScaling,
} from '@sequitur/attention';
import { SequiturError } from '@sequitur/core';
import { blockAround, type FeedForwardOptions, headsOf } from './block-around.js';
import { definePart, type PartPlace } from './block-part.js';

/** How attention knows the order of what it reads. */
export type PositionsOptions =
  | { readonly kind: 'rotary'; readonly base?: number; readonly scaling?: RotaryScaling }
  | { readonly kind: 'alibi' }
  | { readonly kind: 'none' };

export interface AttentionPartOptions extends FeedForwardOptions {
  /** Default one for each 64 numbers of the width, at least 1. */
  readonly heads: number;
  /** Default `heads`; fewer share keys and values. */
  readonly keyHeads: number;
  /** Which keys each query may see; default all up to its own position. */
  readonly pattern: Pattern;
  /** Default rotary. */
  readonly positions: PositionsOptions;
}

/** A block of attention and a gated feed-forward, as in Llama (Touvron et al. 2023, section 2.2). */
export const attention = definePart<AttentionPartOptions>('attention', (options, place) => {
  const { heads = headsOf(place), keyHeads = heads } = options;
  return blockAround(options, place, (projections) => {
    return new MultiHeadAttention({
      ...{ ...projections, heads, keyHeads },
      positions: positionsOf(options.positions ?? { kind: 'rotary' }, heads, place),
      ...(options.pattern && { pattern: options.pattern }),
    });
  });
});

function positionsOf(options: PositionsOptions, heads: number, { width }: PartPlace): PositionalEncoding {
  switch (options.kind) {
    case 'rotary':
      return new Rotary({ headSize: width / heads, ...options });
    case 'alibi':
      return new Alibi(heads);
    case 'none':
      return new NoPositionalEncoding();
    default:
      throw new SequiturError({
        where: 'attention part, positions',
        expected: 'a kind of rotary, alibi or none',
        got: JSON.stringify(options),
      });
  }
}
