import { type Context, type FeedForwardOptions, GatedFeedForward, Module, type Norm } from '@sequitur/core';
import { mul, type Tensor, type Tensor3D, tidy } from '@tensorflow/tfjs-core';

/** Multiplication by a factor, in the place of a norm. */
export class Factor extends Module implements Norm {
  readonly #factor: number;

  constructor(factor: number) {
    super();
    this.#factor = factor;
  }

  apply<T extends Tensor>(x: T): T {
    return mul(x, this.#factor) as T;
  }
}

/** A gated feed-forward with factors on the gate, before its activation, and on the output. */
export class ScaledFeedForward extends GatedFeedForward {
  readonly #factor: number;

  constructor({ activation, ...options }: FeedForwardOptions, [gate, output]: readonly [number, number]) {
    super({ ...options, activation: (x) => activation(mul(x, gate) as Tensor3D) });
    this.#factor = output;
  }

  override apply(x: Tensor3D, context: Context = {}): Tensor3D {
    return tidy(() => mul(super.apply(x, context), this.#factor) as Tensor3D);
  }
}
