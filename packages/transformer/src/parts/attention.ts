import {
  Alibi,
  MultiHeadAttention,
  NoPositionalEncoding,
  type Pattern,
  type PositionalEncoding,
  Rotary,
  type RotaryScaling,
} from '@sequitur/attention';
import { SequiturError, showValue } from '@sequitur/core';
import { blockAround, type FeedForwardOptions, headsOf } from './block-around.js';
import { definePart, type PartPlace } from './block-part.js';

/** The positional encoding of attention. */
export type PositionsOptions =
  | { readonly kind: 'rotary'; readonly base?: number; readonly scaling?: RotaryScaling }
  | { readonly kind: 'alibi' }
  | { readonly kind: 'none' };

export interface AttentionPartOptions extends FeedForwardOptions {
  /** Number of heads; default width / 64, at least 1. */
  readonly heads: number;
  /** Key and value heads for grouped-query attention; default `heads`. */
  readonly keyHeads: number;
  /** The attention pattern; default causal. */
  readonly pattern: Pattern;
  /** The positional encoding; default rotary. */
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
        got: showValue(options),
      });
  }
}
