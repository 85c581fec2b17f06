import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout as dropElements } from '../../ops/dropout/index.js';
import type { Random } from '../../random.js';

/**
 * Dropout of a context (Srivastava et al. 2014): sets elements to zero with probability `rate` and scales up the rest,
 * by random bits of `random`; without `random`, outside training, x is returned unchanged.
 */
export function dropout<T extends Tensor>(x: T, rate: number, random: Random | undefined): T {
  return random && rate > 0 ? (dropElements(x, rate, random.next()) as T) : x;
}
