import { Linear, type LinearOptions, Module, type Norm } from '@sequitur/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';

export interface OutputProjectionOptions {
  readonly norm: Norm | null;
  readonly width: number;
  /** Width of the token vectors. */
  readonly embeddingWidth: number;
  readonly linear: LinearOptions;
}

/** The last norm of an OPT, if any, and the projection to the width of the token vectors. */
export class OutputProjection extends Module implements Norm {
  readonly norm: Norm | null;
  readonly project: Linear | null; // [width, embeddingWidth]

  constructor({ norm, width, embeddingWidth, linear }: OutputProjectionOptions) {
    super();
    this.norm = norm;
    this.project = width === embeddingWidth ? null : new Linear(width, embeddingWidth, linear);
  }

  /** Normalizes and projects x: [..., width] -> [..., embeddingWidth]. */
  apply<T extends Tensor>(x: T): T {
    return tidy(() => {
      const normed = this.norm ? this.norm.apply(x) : x.clone();
      return this.project ? this.project.apply(normed) : normed;
    }) as T;
  }
}
