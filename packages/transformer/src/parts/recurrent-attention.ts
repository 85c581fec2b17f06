import { InfiniAttention, LinearAttention, TransformerXlAttention } from '@sequitur/attention';
import { option, optionsOf } from '@sequitur/core';
import { blockAround, type FeedForwardOptions, feedForwardRules, headsOf } from './block-around.js';
import { definePart } from './block-part.js';

export interface LinearAttentionPartOptions extends FeedForwardOptions {
  /** Number of heads; default width / 64, at least 1. */
  readonly heads: number;
}

export interface InfiniAttentionPartOptions extends LinearAttentionPartOptions {
  /** Positions per segment; a full segment is stored in the compressive memory. */
  readonly segmentLength: number;
  /**
   * Whether memory updates follow the delta rule: only the difference from what the memory already retrieves is added.
   * Default true.
   */
  readonly delta: boolean;
}

export interface TransformerXlPartOptions extends LinearAttentionPartOptions {
  /** Cached positions before the segment (`mem_len`). */
  readonly memoryLength: number;
  /** Positions per segment; default `memoryLength`. */
  readonly segmentLength: number;
}

const withHeads = { ...feedForwardRules, heads: option.optional(option.count) };
const linearRule = optionsOf<LinearAttentionPartOptions>(withHeads);
const infiniRule = optionsOf<InfiniAttentionPartOptions>({
  ...withHeads,
  segmentLength: option.optional(option.count),
  delta: option.optional(option.flag),
});
const transformerXlRule = optionsOf<TransformerXlPartOptions>({
  ...withHeads,
  memoryLength: option.optional(option.countOrNone),
  segmentLength: option.optional(option.count),
});

/** A block of linear attention ({@link LinearAttention}). */
export const linearAttention = definePart<LinearAttentionPartOptions>(
  'linear-attention',
  (options, place) => {
    const { heads = headsOf(place) } = options;
    return blockAround(options, place, (projections) => new LinearAttention({ ...projections, heads }));
  },
  linearRule,
);

/** A block of Infini-attention ({@link InfiniAttention}). */
export const infiniAttention = definePart<InfiniAttentionPartOptions>(
  'infini-attention',
  (options, place) => {
    const { heads = headsOf(place), segmentLength = 256, delta = true } = options;
    return blockAround(options, place, (projections) => {
      return new InfiniAttention({ ...projections, heads, segmentLength, delta });
    });
  },
  infiniRule,
);

/** A block of Transformer-XL attention ({@link TransformerXlAttention}). */
export const transformerXlAttention = definePart<TransformerXlPartOptions>(
  'transformer-xl-attention',
  (options, place) => {
    const { heads = headsOf(place), memoryLength = 256, segmentLength = memoryLength } = options;
    return blockAround(options, place, ({ width, input }) => {
      const sizes = { width, heads, headSize: width / heads, memoryLength, segmentLength };
      return new TransformerXlAttention({ ...sizes, projections: input });
    });
  },
  transformerXlRule,
);
