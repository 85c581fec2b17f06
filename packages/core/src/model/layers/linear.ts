import type { Tensor } from '@tensorflow/tfjs-core';
import { linear } from '../../ops/linear/index.js';
import { quantizedLinear } from '../../ops/quantized-linear/index.js';
import { type Initializer, normal, zeros } from '../initializers.js';
import { Module } from '../module.js';
import { Parameter } from '../parameter.js';

export interface LinearOptions {
  /** Whether there is a bias; default true. */
  readonly bias?: boolean;
  /** Initializer of the weight; default normal with standard deviation 0.02. */
  readonly initializer?: Initializer;
  /** Whether the weight can be stored in 16, 8 or 4 bits; default true. */
  readonly quantizable?: boolean;
}

/** A linear layer: y = x W + b, with W [inputs, outputs]. */
export class Linear extends Module {
  readonly weight: Parameter; // [inputs, outputs]
  readonly bias: Parameter | null; // [outputs]

  constructor(inputs: number, outputs: number, options: LinearOptions = {}) {
    super();
    const { bias = true, initializer = normal(0.02), quantizable = true } = options;
    this.weight = new Parameter([inputs, outputs], initializer, { rowAxis: quantizable ? 1 : undefined });
    this.bias = bias ? new Parameter([outputs], zeros) : null;
  }

  /** x [..., inputs] -> [..., outputs]. */
  apply<T extends Tensor>(x: T): T {
    const { quantized } = this.weight;
    const bias = this.bias?.value ?? null;
    return (quantized ? quantizedLinear(x, quantized, bias) : linear(x, this.weight.value, bias)) as T;
  }
}
