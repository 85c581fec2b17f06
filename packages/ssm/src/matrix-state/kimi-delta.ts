import { Linear, Parameter, softplus, uniform } from '@sequitur/core';
import { add, exp, expandDims, mul, neg, reshape, sigmoid, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, logUniformInitializer, stepBiasInitializer } from '../initializers.js';
import { DeltaMixer, type DeltaStep } from './delta-mixer.js';
import { type HeadVectors, type MatrixStateOptions, masked } from './mixer.js';

/**
 * Kimi delta attention (Kimi Team 2025, section 3): gated DeltaNet with a decay for each row of the state, from a projection of
 * low rank, and a sigmoid as output gate.
 *
 * Observable: `learningRates` [batch, length, heads] and `logDecays` [batch, length, heads, keySize].
 */
export class KimiDeltaMixer extends DeltaMixer {
  readonly rates: Linear; // [width, heads]
  readonly stepDown: Linear; // [width, keySize]
  readonly stepUp: Linear; // [keySize, heads * keySize]
  readonly stepBias: Parameter; // [heads * keySize]
  readonly logDecay: Parameter; // [heads]: logarithm of the decay at a step of 1, negated

  constructor(options: MatrixStateOptions) {
    super(options);
    const { width, heads, keySize } = options;
    const from = (size: number) => ({ bias: false, initializer: uniform(1 / Math.sqrt(size)) });
    this.rates = new Linear(width, heads, from(width));
    this.stepDown = new Linear(width, keySize, from(width));
    this.stepUp = new Linear(keySize, heads * keySize, from(keySize));
    this.stepBias = new Parameter([heads * keySize], stepBiasInitializer(DEFAULT_STEP_SPAN));
    this.logDecay = new Parameter([heads], logUniformInitializer(1, 16));
  }

  protected override gated(gate: Tensor): Tensor {
    return sigmoid(gate);
  }

  protected stepOf({ query, x, real }: HeadVectors): DeltaStep {
    const step = softplus(add(this.stepUp.apply(this.stepDown.apply(x)), this.stepBias.value)) as Tensor;
    const decays = neg(mul(reshape(step, query.shape), expandDims(exp(this.logDecay.value), 1)));
    return { learningRate: sigmoid(this.rates.apply(x)) as Tensor3D, logDecay: masked(decays, real) };
  }
}
