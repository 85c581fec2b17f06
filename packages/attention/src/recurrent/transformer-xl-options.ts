import type { LinearOptions, Norm, Parameter } from '@sequitur/core';
import { causal, type Pattern, slidingWindow } from '../patterns/index.js';

export interface TransformerXlAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  /** How many positions before its segment a query sees (M). */
  readonly memoryLength: number;
  /** After so many positions the segment joins the memory; default `memoryLength`, and if that is 0 never. */
  readonly segmentLength?: number;
  /** Every query sees as many keys as the memory is long, itself among them; default false. */
  readonly sameLength?: boolean;
  /** Distances beyond this one count as this one; default no bound. */
  readonly clampDistance?: number;
  /** The memory before the first segment: so many vectors of zeros (the default), or nothing. */
  readonly firstMemory?: 'zeros' | 'empty';
  /** No gradient goes back to earlier segments; default true, as in the paper. */
  readonly truncateGradients?: boolean;
  /** Applied to memory and input alike before they are projected. */
  readonly inputNorm?: Norm;
  /** u and v of the paper, [heads, headSize]: given where blocks share them. */
  readonly contentBias?: Parameter;
  readonly positionBias?: Parameter;
  readonly dropout?: number;
  readonly projections?: LinearOptions;
}

/** Which keys the queries of a segment see, those of the memory among them. */
export function patternOf({ sameLength, memoryLength }: TransformerXlAttentionOptions): Pattern {
  return sameLength ? slidingWindow({ left: memoryLength - 1 }) : causal();
}

/** Where nothing is remembered, a text is one segment. */
export function segmentLengthOf({ segmentLength, memoryLength }: TransformerXlAttentionOptions): number {
  return segmentLength ?? (memoryLength || Number.MAX_SAFE_INTEGER);
}
