import { Module, type Norm, Parameter, rmsNorm, zeros } from '@sequitur/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** RMS norm with a factor of 1 + weight, where the weight is 0 initially (Gemma). */
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
