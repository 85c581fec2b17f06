import { Linear, type MixContext, Parameter, softplus, uniform } from '@sequitur/core';
import { add, exp, mul, neg, sigmoid, split, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, logUniformInitializer, stepBiasInitializer } from '../initializers.js';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { gatedDeltaRule } from '../ops/delta-rule/gated.js';
import {
  type HeadVectors,
  MatrixStateMixer,
  type MatrixStateOptions,
  type MatrixStates,
  masked,
  unitVectors,
} from './mixer.js';

/**
 * Gated DeltaNet (Yang, Kautz and Hatamizadeh 2024, section 3.4): the gated delta rule on queries and keys of length 1.
 * The learning rate and the decay of each head depend on the input.
 *
 * Observable: `learningRates` and `logDecays` [batch, length, heads].
 */
export class GatedDeltaNetMixer extends MatrixStateMixer {
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

  protected stateShapes() {
    const { heads, keySize, valueSize } = this.sizes;
    return { matrix: [heads, keySize, valueSize] };
  }

  protected recurrenceCost(length: number) {
    return deltaRuleCost(length, this.sizes, 'delta');
  }

  protected recur({ query, key, value, x, real, resets }: HeadVectors, { matrix }: MatrixStates, context: MixContext) {
    const [rate, step] = split(this.gates.apply(x), 2, 2) as [Tensor3D, Tensor3D];
    const learningRate = sigmoid(rate);
    const stepSize = softplus(add(step, this.stepBias.value)) as Tensor;
    const logDecay = masked(neg(mul(stepSize, exp(this.logDecay.value))), real);
    context.observe?.('learningRates', learningRate);
    context.observe?.('logDecays', logDecay);
    const found = gatedDeltaRule({
      query: mul(unitVectors(query), this.sizes.keySize ** -0.5) as Tensor4D,
      key: unitVectors(key),
      ...{ value, logDecay, learningRate, resets, initialState: matrix as Tensor4D },
    });
    return { y: found.y, state: { matrix: found.state } };
  }
}
