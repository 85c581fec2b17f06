import type { MixContext } from '@sequitur/core';
import { cast, ones, sub, type Tensor2D } from '@tensorflow/tfjs-core';

/** Which positions of a sequence count, and which know what stands before them. */
export interface Masks {
  /** float32 [batch, length]: 1 at a position that counts, 0 at padding, which leaves the state as it is. */
  readonly real: Tensor2D;
  /** float32 [batch, length]: 0 where a sequence begins, for which the state is emptied, else 1. */
  readonly keep: Tensor2D;
}

/** The masks of a call of a mixer over this many texts and positions. */
export function masksOf({ attentionMask, resets }: MixContext, batch: number, length: number): Masks {
  return {
    real: attentionMask ? cast(attentionMask, 'float32') : ones([batch, length]),
    keep: resets ? (sub(1, cast(resets, 'float32')) as Tensor2D) : ones([batch, length]),
  };
}
