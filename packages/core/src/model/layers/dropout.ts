import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout as dropElements } from '../../ops/dropout/index.js';
import type { Random } from '../../random.js';

/**
 * Dropout layer (Srivastava et al. 2014): sets elements to zero with probability `rate` and divides the rest by 1 -
 * rate, with random bits of `random`. Without `random`, outside training, x itself is returned.
 */
export function dropout<T extends Tensor>(x: T, rate: number, random: Random | undefined): T {
  return random && rate > 0 ? (dropElements(x, rate, random.next()) as T) : x;
}
