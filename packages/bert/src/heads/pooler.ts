import { type Activation, activationByName, type Context, dropout, Linear, Module, normal } from '@sequitur/core';
import { reshape, slice, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { BertConfig } from '../config.js';
import type { HeadStyle } from './head.js';

/** Pooler: activation(first token W + b) (Devlin et al. 2019, section 3.1). */
export class Pooler extends Module {
  readonly dense: Linear; // [width, width]
  readonly #activation: Activation;
  readonly #dropout: number;

  constructor(config: BertConfig, style: HeadStyle) {
    super();
    this.dense = new Linear(config.width, config.width, { initializer: normal(config.initializerRange ?? 0.02) });
    this.#activation = activationByName(style.poolerActivation);
    this.#dropout = style.dropsBeforePooler ? style.dropout : 0;
  }

  /** hidden [batch, length, width] -> [batch, width]. */
  apply(hidden: Tensor3D, { random }: Context = {}): Tensor2D {
    return tidy(() => {
      const [batch, , width] = hidden.shape;
      const first = slice(hidden, [0, 0, 0], [batch, 1, width]);
      const pooled = this.#activation(this.dense.apply(dropout(first, this.#dropout, random)));
      return reshape(pooled, [batch, width]);
    });
  }
}
