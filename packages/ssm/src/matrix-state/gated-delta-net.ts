import { Linear, Parameter, softplus, uniform } from '@sequitur/core';
import { add, exp, mul, neg, sigmoid, split, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, logUniformInitializer, stepBiasInitializer } from '../initializers.js';
import { DeltaMixer, type DeltaStep } from './delta-mixer.js';
import { type HeadVectors, type MatrixStateOptions, masked } from './mixer.js';

/**
 * Gated DeltaNet (Yang, Kautz and Hatamizadeh 2024, section 3.4): the gated delta rule on queries and keys of length 1.
 * The learning rate and the decay of each head depend on the input.
 *
 * Observable: `learningRates` and `logDecays` [batch, length, heads].
 */
export class GatedDeltaNetMixer extends DeltaMixer {
  readonly gates: Linear; // [width, 2 * heads]: learning rate, step size
  readonly stepBias: Parameter; // [heads]
  readonly logDecay: Parameter; // [heads]: logarithm of the decay at a step of 1, negated

  constructor(options: MatrixStateOptions) {
    super(options);
    const { width, heads } = options;
    this.gates = new Linear(width, 2 * heads, { bias: false, initializer: uniform(1 / Math.sqrt(width)) });
    this.stepBias = new Parameter([heads], stepBiasInitializer(DEFAULT_STEP_SPAN));
    this.logDecay = new Parameter([heads], logUniformInitializer(1, 16));
  }

  protected stepOf({ x, real }: HeadVectors): DeltaStep {
    const [rate, step] = split(this.gates.apply(x), 2, 2) as [Tensor3D, Tensor3D];
    const stepSize = softplus(add(step, this.stepBias.value)) as Tensor;
    const logDecay = masked(neg(mul(stepSize, exp(this.logDecay.value))), real);
    return { learningRate: sigmoid(rate), logDecay };
  }
}
