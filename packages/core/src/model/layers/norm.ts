import type { Tensor } from '@tensorflow/tfjs-core';
import { layerNorm } from '../../ops/layer-norm/index.js';
import { rmsNorm } from '../../ops/rms-norm/index.js';
import { ones, zeros } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

/** A normalisation layer over the last axis. */
export interface Norm extends Module {
  /** x [..., width] -> the same shape. */
  apply<T extends Tensor>(x: T): T;
}

export interface LayerNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Whether there is a bias; default true. */
  readonly bias?: boolean;
}

/** Layer normalisation (Ba, Kiros and Hinton 2016, equation 4). */
export class LayerNorm extends Module implements Norm {
  readonly weight: Parameter; // [width]
  readonly bias: Parameter | null; // [width]
  readonly epsilon: number;

  constructor(width: number, { epsilon = 1e-5, bias = true }: LayerNormOptions = {}) {
    super();
    this.weight = new Parameter([width], ones);
    this.bias = bias ? new Parameter([width], zeros) : null;
    this.epsilon = epsilon;
  }

  apply<T extends Tensor>(x: T): T {
    return layerNorm(x, this.weight.value, this.bias?.value ?? null, this.epsilon) as T;
  }
}

/** Root mean square normalisation (Zhang and Sennrich 2019, equation 4): no mean, no bias. */
export class RmsNorm extends Module implements Norm {
  readonly weight: Parameter; // [width]
  readonly epsilon: number;

  constructor(width: number, epsilon = 1e-6) {
    super();
    this.weight = new Parameter([width], ones);
    this.epsilon = epsilon;
  }

  apply<T extends Tensor>(x: T): T {
    return rmsNorm(x, this.weight.value, this.epsilon) as T;
  }
}
