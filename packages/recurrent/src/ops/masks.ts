import type { MixContext } from '@sequitur/core';
import { cast, ones, sub, type Tensor2D } from '@tensorflow/tfjs-core';

/** The masks of a recurrence: padding, and the beginnings of packed sequences. */
export interface Masks {
  /** float32 [batch, length]: 1 at a real token, 0 at padding, which leaves the state unchanged. */
  readonly real: Tensor2D;
  /** float32 [batch, length]: 0 where a sequence begins and the state is reset, else 1. */
  readonly keep: Tensor2D;
}

/** The masks of a call of a mixer, for this batch size and length. */
export function masksOf({ attentionMask, resets }: MixContext, batch: number, length: number): Masks {
  return {
    real: attentionMask ? cast(attentionMask, 'float32') : ones([batch, length]),
    keep: resets ? (sub(1, cast(resets, 'float32')) as Tensor2D) : ones([batch, length]),
  };
}
