import { InfiniAttention, LinearAttention, TransformerXlAttention } from '@sequitur/attention';
import { blockAround, type FeedForwardOptions, headsOf } from './block-around.js';
import { definePart } from './block-part.js';

export interface LinearAttentionPartOptions extends FeedForwardOptions {
  /** Default one for each 64 numbers of the width, at least 1. */
  readonly heads: number;
}

export interface InfiniAttentionPartOptions extends LinearAttentionPartOptions {
  /** After so many positions a segment goes into the compressive memory. */
  readonly segmentLength: number;
  /** Adds only what the memory does not give back already; default true. */
  readonly delta: boolean;
}

export interface TransformerXlPartOptions extends LinearAttentionPartOptions {
  /** How many positions before its segment a query sees. */
  readonly memoryLength: number;
  /** After so many positions the segment joins the memory; default `memoryLength`. */
  readonly segmentLength: number;
}

/** A block whose attention keeps a matrix for each head and nothing else ({@link LinearAttention}). */
export const linearAttention = definePart<LinearAttentionPartOptions>('linear-attention', (options, place) => {
  const { heads = headsOf(place) } = options;
  return blockAround(options, place, (projections) => new LinearAttention({ ...projections, heads }));
});

/** A block of attention within segments with a compressive memory of those before ({@link InfiniAttention}). */
export const infiniAttention = definePart<InfiniAttentionPartOptions>('infini-attention', (options, place) => {
  const { heads = headsOf(place), segmentLength = 256, delta = true } = options;
  return blockAround(options, place, (projections) => {
    return new InfiniAttention({ ...projections, heads, segmentLength, delta });
  });
});

/** A block that sees the segments before by their vectors ({@link TransformerXlAttention}). */
export const transformerXlAttention = definePart<TransformerXlPartOptions>(
  'transformer-xl-attention',
  (options, place) => {
    const { heads = headsOf(place), memoryLength = 256, segmentLength = memoryLength } = options;
    return blockAround(options, place, ({ width, input }) => {
      const sizes = { width, heads, headSize: width / heads, memoryLength, segmentLength };
      return new TransformerXlAttention({ ...sizes, projections: input });
    });
  },
);
