import { mul, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { Context } from '../model.js';
import { Module } from '../module.js';
import { dropout } from './dropout.js';
import { Linear, type LinearOptions } from './linear.js';

/** An elementwise activation function. */
export type Activation = (x: Tensor3D) => Tensor3D;

export interface FeedForwardOptions {
  readonly width: number;
  readonly hiddenWidth: number;
  readonly activation: Activation;
  /** Dropout rate of the output; default 0. */
  readonly dropout?: number;
  /** Dropout rate between the two projections; default 0. */
  readonly hiddenDropout?: number;
  readonly up?: LinearOptions;
  readonly down?: LinearOptions;
}

/**
 * Feed-forward network: activation(x W₁ + b₁) W₂ + b₂ (Vaswani et al. 2017, equation 2).
 *
 * Observable: `hidden` [batch, length, hiddenWidth], what the second projection reads.
 */
export class FeedForward extends Module {
  readonly up: Linear; // [width, hiddenWidth]
  readonly down: Linear; // [hiddenWidth, width]
  readonly #activation: Activation;
  readonly #dropout: number;
  readonly #hiddenDropout: number;

  constructor(options: FeedForwardOptions) {
    super();
    const { width, hiddenWidth, activation, dropout = 0, hiddenDropout = 0, up = {}, down = {} } = options;
    this.up = new Linear(width, hiddenWidth, up);
    this.down = new Linear(hiddenWidth, width, down);
    this.#activation = activation;
    this.#dropout = dropout;
    this.#hiddenDropout = hiddenDropout;
  }

  /** x [batch, length, width] -> the same shape. */
  apply(x: Tensor3D, context: Context = {}): Tensor3D {
    return tidy(() => {
      const hidden = dropout(this.#activation(this.up.apply(x)), this.#hiddenDropout, context.random);
      context.observe?.('hidden', hidden);
      return dropout(this.down.apply(hidden), this.#dropout, context.random);
    });
  }
}

/**
 * Gated feed-forward network: (activation(x W_g) ⊙ x W₁) W₂, a gated linear unit (Shazeer 2020, equations 5 and 6); no
 * biases by default.
 *
 * Observable: `hidden` [batch, length, hiddenWidth], what the last projection reads.
 */
export class GatedFeedForward extends Module {
  readonly gate: Linear; // [width, hiddenWidth]
  readonly up: Linear; // [width, hiddenWidth]
  readonly down: Linear; // [hiddenWidth, width]
  readonly #activation: Activation;
  readonly #dropout: number;
  readonly #hiddenDropout: number;

  constructor(options: FeedForwardOptions) {
    super();
    const { width, hiddenWidth, activation, dropout = 0, hiddenDropout = 0 } = options;
    const { up = { bias: false }, down = { bias: false } } = options;
    this.gate = new Linear(width, hiddenWidth, up);
    this.up = new Linear(width, hiddenWidth, up);
    this.down = new Linear(hiddenWidth, width, down);
    this.#activation = activation;
    this.#dropout = dropout;
    this.#hiddenDropout = hiddenDropout;
  }

  /** x [batch, length, width] -> the same shape. */
  apply(x: Tensor3D, context: Context = {}): Tensor3D {
    return tidy(() => {
      const gated = mul(this.#activation(this.gate.apply(x)), this.up.apply(x)) as Tensor3D;
      const hidden = dropout(gated, this.#hiddenDropout, context.random);
      context.observe?.('hidden', hidden);
      return dropout(this.down.apply(hidden), this.#dropout, context.random);
    });
  }
}
