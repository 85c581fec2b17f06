import type { LinearOptions, Norm, Parameter } from '@sequitur/core';
import { causal, type Pattern, slidingWindow } from '../patterns/index.js';

export interface TransformerXlAttentionOptions {
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  /** Number of cached positions before a segment that its queries attend to (M, `mem_len`). */
  readonly memoryLength: number;
  /**
   * Positions per segment, after which its inputs join the cache; default `memoryLength`, and no segments if that is 0.
   */
  readonly segmentLength?: number;
  /**
   * Whether every query attends to the same number of keys, memoryLength, itself included (`same_length`); default
   * false.
   */
  readonly sameLength?: boolean;
  /** Larger distances are clamped to this one (`clamp_len`); default unbounded. */
  readonly clampDistance?: number;
  /** The cached inputs before the first segment: zeros (the default), or none. */
  readonly firstMemory?: 'zeros' | 'empty';
  /** Whether gradients stop at earlier segments; default true, as in the paper. */
  readonly truncateGradients?: boolean;
  /** A norm of cached and new inputs before the projections. */
  readonly inputNorm?: Norm;
  /** u and v of the paper, [heads, headSize]; given where blocks share them. */
  readonly contentBias?: Parameter;
  readonly positionBias?: Parameter;
  readonly dropout?: number;
  readonly projections?: LinearOptions;
}

/** The attention pattern of a segment, cached inputs included. */
export function patternOf({ sameLength, memoryLength }: TransformerXlAttentionOptions): Pattern {
  return sameLength ? slidingWindow({ left: memoryLength - 1 }) : causal();
}

/** The segment length; Infinity where nothing is cached. */
export function segmentLengthOf({ segmentLength, memoryLength }: TransformerXlAttentionOptions): number {
  return segmentLength ?? (memoryLength || Number.MAX_SAFE_INTEGER);
}
