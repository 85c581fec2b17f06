import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../ops/linear/index.js';
import { type Initializer, normal, zeros } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

export interface LinearOptions {
  /** Default true. */
  readonly bias?: boolean;
  /** Initializer of the weight; default normal with standard deviation 0.02. */
  readonly initializer?: Initializer;
}

/** A linear layer: y = x W + b, with W [inputs, outputs]. */
export class Linear extends Module {
  readonly weight: Parameter; // [inputs, outputs]
  readonly bias: Parameter | null; // [outputs]

  constructor(inputs: number, outputs: number, { bias = true, initializer = normal(0.02) }: LinearOptions = {}) {
    super();
    this.weight = new Parameter([inputs, outputs], initializer);
    this.bias = bias ? new Parameter([outputs], zeros) : null;
  }

  /** x [..., inputs] -> [..., outputs]. */
  apply<T extends Tensor>(x: T): T {
    return linear(x, this.weight.value, this.bias?.value ?? null) as T;
  }
}
