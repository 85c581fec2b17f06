import { Module } from '@sequitur/core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ScoreBias } from './score-bias.js';

/** Where a chunk of tokens stands in its text. */
export interface Place {
  /** How many tokens came before the chunk. */
  readonly seen: number;
  /** How many tokens the chunk has. */
  readonly length: number;
  /** int32 [batch, length], each token's own position; absent: `seen`, `seen` + 1, ... */
  readonly positions?: Tensor2D | undefined;
}

/**
 * How attention knows the order of what it reads: a part of {@link MultiHeadAttention}. One instance may serve several
 * layers; parameters of it are then shared.
 */
export abstract class PositionalEncoding extends Module {
  /** Marks queries or keys [batch, length, heads, headSize] with where they stand, before they meet. */
  apply(x: Tensor4D, _place: Place): Tensor4D {
    return x;
  }

  /** What the distance of query and key adds to their score. */
  scoreBias(): ScoreBias | undefined {
    return undefined;
  }
}

/** Order is known otherwise (from the embedding, say), or not at all. */
export class NoPositionalEncoding extends PositionalEncoding {}
