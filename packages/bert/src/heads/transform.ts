import { type Activation, activationByName, type LayerNorm, Linear, Module, normal } from '@sequitur/core';
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { HeadStyle } from './head.js';

/** A dense layer, an activation and a norm of each token, before the output projection of a head. */
export class Transform extends Module {
  readonly dense: Linear; // [width, width]
  readonly norm: LayerNorm | null;
  readonly #activation: Activation;

  constructor({ width, initializerRange = 0.02 }: BertConfig, style: HeadStyle) {
    super();
    const initializer = normal(initializerRange);
    this.dense = new Linear(width, width, { bias: style.denseBias ?? true, initializer });
    this.norm = style.norm?.(width) ?? null;
    this.#activation = activationByName(style.maskedActivation);
  }

  /** hidden [batch, length, width] -> the same shape. */
  apply(hidden: Tensor3D): Tensor3D {
    return tidy(() => {
      const active = this.#activation(this.dense.apply(hidden));
      return this.norm ? this.norm.apply(active) : active;
    });
  }
}
