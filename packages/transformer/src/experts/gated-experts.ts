import { type ActivationFunction, type LinearOptions, Module } from '@sequitur/core';
import { mul, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { ExpertLinear } from './expert-linear.js';

export interface GatedExpertsOptions {
  readonly experts: number;
  readonly width: number;
  readonly hiddenWidth: number;
  /** The activation of the gate, which multiplies the other factor. */
  readonly activation: ActivationFunction;
  /** Combines gate and factor into the hidden vector, in place of activation(gate) ⊙ up. */
  readonly combine?: ((gate: Tensor2D, up: Tensor2D) => Tensor2D) | undefined;
  /** Options of all three projections; default without biases. */
  readonly linear?: LinearOptions;
}

/** A gated feed-forward network for each expert. */
export class GatedExperts extends Module {
  readonly gate: ExpertLinear; // [experts, width, hiddenWidth]
  readonly up: ExpertLinear; // [experts, width, hiddenWidth]
  readonly down: ExpertLinear; // [experts, hiddenWidth, width]
  readonly #combine: (gate: Tensor2D, up: Tensor2D) => Tensor2D;

  constructor({ experts, width, hiddenWidth, activation, combine, linear }: GatedExpertsOptions) {
    super();
    this.gate = new ExpertLinear(experts, width, hiddenWidth, linear);
    this.up = new ExpertLinear(experts, width, hiddenWidth, linear);
    this.down = new ExpertLinear(experts, hiddenWidth, width, linear);
    this.#combine = combine ?? ((gate, up) => mul(activation(gate), up) as Tensor2D);
  }

  /** Operations of the products of one row with one expert. */
  get rowFlops(): number {
    const [, width, hiddenWidth] = this.gate.weight.shape as [number, number, number];
    return 6 * width * hiddenWidth;
  }

  /** x [rows, width] and the expert of each row, int32 [rows] -> the same shape as x. */
  apply(x: Tensor2D, experts: Tensor1D): Tensor2D {
    return tidy(() => {
      const hidden = this.#combine(this.gate.apply(x, experts), this.up.apply(x, experts));
      return this.down.apply(hidden, experts);
    });
  }
}
