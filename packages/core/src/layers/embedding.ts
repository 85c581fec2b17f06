import { matMul, reshape, type Tensor, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers.js';
import { embed } from '../kernels/embed/index.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

/** A table of one vector for each id. */
export class Embedding extends Module {
  readonly weight: Parameter; // [count, width]

  constructor(count: number, width: number, initializer: Initializer = normal(0.02)) {
    super();
    this.weight = new Parameter([count, width], initializer);
  }

  /** ids int32 [...] -> [..., width]. */
  lookup(ids: Tensor): Tensor {
    return embed(this.weight.value as Tensor2D, ids);
  }

  /** How well each vector of the table fits: x [batch, length, width] -> x Eᵀ [batch, length, count], as a tied head needs. */
  scores(x: Tensor3D): Tensor3D {
    const [batch, length, width] = x.shape;
    return tidy(() => {
      const rows = reshape(x, [batch * length, width]);
      return reshape(matMul(rows, this.weight.value as Tensor2D, false, true), [batch, length, -1]);
    });
  }
}
