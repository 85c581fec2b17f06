import { sum, type Tensor } from '@tensorflow/tfjs-core';

/** The sum down each column. */
export function columnSumsReference(x: Tensor): Tensor {
  return sum(x, 0);
}
