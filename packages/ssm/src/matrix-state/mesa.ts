import { Linear, type MixContext, Parameter, softplus, uniform } from '@sequitur/core';
import { add, neg, sigmoid, split, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { inverseSoftplus } from '../initializers.js';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { mesa } from '../ops/mesa/index.js';
import {
  type HeadVectors,
  MatrixStateMixer,
  type MatrixStateOptions,
  type MatrixStates,
  masked,
  unitVectors,
} from './mixer.js';

export interface MesaOptions extends MatrixStateOptions {
  /** Steps of conjugate gradients; default 30. */
  readonly solverSteps?: number | undefined;
}

/** Least and initial regularization. */
const LEAST = 0.25;
const INITIAL = 1;

/**
 * The Mesa layer (von Oswald et al. 2025): the output is what the least squares map from all keys so far to their values makes
 * of the query. Decay and input gate come from the input, one for each head.
 *
 * Observable: `inputGates` and `logDecays` [batch, length, heads].
 */
export class MesaMixer extends MatrixStateMixer {
  readonly gates: Linear; // [width, 2 * heads]: input gate, decay
  readonly decayBias: Parameter; // [heads]
  readonly regularization: Parameter; // [heads, keySize], before softplus
  readonly #steps: number;

  constructor(options: MesaOptions) {
    super(options);
    const { width, heads, keySize, solverSteps = 30 } = options;
    this.gates = new Linear(width, 2 * heads, { bias: false, initializer: uniform(1 / Math.sqrt(width)) });
    this.decayBias = new Parameter([heads], (shape) => new Float32Array(shape[0]!).fill(4)); // keeps 98 % at first
    const initial = inverseSoftplus(INITIAL - LEAST);
    this.regularization = new Parameter([heads, keySize], ([a, b]) => new Float32Array(a! * b!).fill(initial));
    this.#steps = solverSteps;
  }

  protected stateShapes() {
    const { heads, keySize, valueSize } = this.sizes;
    return { keys: [heads, keySize, keySize], values: [heads, keySize, valueSize] };
  }

  protected recurrenceCost(length: number) {
    const { heads, keySize, valueSize } = this.sizes;
    const ofKeys = deltaRuleCost(length, { heads, keySize, valueSize: keySize }, 'sums');
    const ofValues = deltaRuleCost(length, { heads, keySize, valueSize }, 'sums');
    const steps = this.#steps;
    return {
      // The solution, its residual, and the sums of keys.
      flops: (steps + 2) * ofKeys.flops + ofValues.flops,
      gradientFlops: steps * ofKeys.flops + ofKeys.gradientFlops + ofValues.gradientFlops,
    };
  }

  protected recur({ query, key, value, x, real, resets }: HeadVectors, states: MatrixStates, context: MixContext) {
    const [gate, decay] = split(this.gates.apply(x), 2, 2) as [Tensor3D, Tensor3D];
    const inputGate = sigmoid(gate);
    const logDecay = masked(neg(softplus(neg(add(decay, this.decayBias.value)))) as Tensor3D, real); // log σ
    context.observe?.('inputGates', inputGate);
    context.observe?.('logDecays', logDecay);
    const found = mesa(
      {
        ...{ query: unitVectors(query), key: unitVectors(key), value, logDecay, inputGate, resets },
        regularization: add(softplus(this.regularization.value), LEAST) as Tensor2D,
        initialState: { keys: states.keys as Tensor4D, values: states.values as Tensor4D },
      },
      this.#steps,
    );
    return { y: found.y, state: { ...found.state } };
  }
}
