import {
  Alibi,
  MultiHeadAttention,
  NoPositionalEncoding,
  type Pattern,
  type PositionalEncoding,
  Rotary,
  type RotaryScaling,
} from '@sequitur/attention';
import { option, optionsOf, SequiturError, showValue } from '@sequitur/core';
import { blockAround, type FeedForwardOptions, feedForwardRules, headsOf } from './block-around.js';
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

const anObject = option.kind('an object', (value) => typeof value === 'object' && value !== null);
const attentionRule = optionsOf<AttentionPartOptions>({
  ...feedForwardRules,
  heads: option.optional(option.count),
  keyHeads: option.optional(option.count),
  pattern: option.optional(anObject), // checked by the mixer
  positions: option.optional(
    option.either(
      '{ kind: alibi }, { kind: none } or { kind: rotary, base, scaling }',
      optionsOf<{ kind: 'rotary'; base: number; scaling: RotaryScaling }>({
        kind: option.oneOf('rotary'),
        base: option.optional(option.positive),
        scaling: option.optional(anObject), // checked by the encoding
      }),
      optionsOf<{ kind: 'alibi' | 'none' }>({ kind: option.oneOf('alibi', 'none') }),
    ),
  ),
});

/** A block of attention and a gated feed-forward, as in Llama (Touvron et al. 2023, section 2.2). */
export const attention = definePart<AttentionPartOptions>(
  'attention',
  (options, place) => {
    const { heads = headsOf(place), keyHeads = heads } = options;
    return blockAround(options, place, (projections) => {
      return new MultiHeadAttention({
        ...{ ...projections, heads, keyHeads },
        positions: positionsOf(options.positions ?? { kind: 'rotary' }, heads, place),
        ...(options.pattern && { pattern: options.pattern }),
      });
    });
  },
  attentionRule,
);

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
