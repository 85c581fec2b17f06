import type { Tensor } from '@tensorflow/tfjs-core';
import { dropout as dropElements } from '../../ops/dropout/index.js';
import type { Random } from '../../random.js';

/**
 * Sets a share `rate` of the numbers to zero and scales up the rest (Srivastava et al. 2014), as `random` draws;
 * without `random`, outside training, x comes back as it is.
 */
export function dropout<T extends Tensor>(x: T, rate: number, random: Random | undefined): T {
  return random && rate > 0 ? (dropElements(x, rate, random.next()) as T) : x;
}
