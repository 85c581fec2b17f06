import { Module } from '@sequitur/core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ScoreBias } from '../ops/scaled-dot-product/bias/score-bias.js';

/** The place of a chunk in its sequence. */
export interface Place {
  /** Number of tokens before the chunk. */
  readonly seen: number;
  /** Number of tokens of the chunk. */
  readonly length: number;
  /** Position ids, int32 [batch, length]; absent: `seen`, `seen` + 1, ... */
  readonly positions?: Tensor2D | undefined;
}

/**
 * A positional encoding of {@link MultiHeadAttention}. Several layers may use one instance; they then share its
 * parameters.
 */
export abstract class PositionalEncoding extends Module {
  /** Applies the encoding to queries or keys [batch, length, heads, headSize] before their product. */
  apply(x: Tensor4D, _place: Place): Tensor4D {
    return x;
  }

  /** The bias to add to the scores; undefined for none. */
  scoreBias(): ScoreBias | undefined {
    return undefined;
  }
}

/** No positional encoding in attention: positions are embedded elsewhere, or not at all. */
export class NoPositionalEncoding extends PositionalEncoding {}
