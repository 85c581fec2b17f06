import { Module, type Norm, Parameter, rmsNorm, zeros } from '@sequitur/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Root mean square normalisation whose weight is stored less 1, so that it starts at zero (Gemma). */
export class OffsetRmsNorm extends Module implements Norm {
  readonly weight: Parameter; // [width]
  readonly epsilon: number;

  constructor(width: number, epsilon: number) {
    super();
    this.weight = new Parameter([width], zeros);
    this.epsilon = epsilon;
  }

  apply<T extends Tensor>(x: T): T {
    return rmsNorm(x, this.weight.value, this.epsilon, { weightOffset: 1 }) as T;
  }
}
