import { Linear, type MixContext, Parameter, uniform } from '@sequitur/core';
import {
  add,
  mul,
  reshape,
  sigmoid,
  split,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
} from '@tensorflow/tfjs-core';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { mlstm } from '../ops/mlstm/index.js';
import { type HeadVectors, MatrixStateMixer, type MatrixStateOptions, type MatrixStates } from './mixer.js';

/** Bound of the gates before their activation. */
const GATE_BOUND = 15;
/** Initial biases: inputs enter weakly, and the state of later heads is kept longer (Beck et al. 2025, appendix). */
const INPUT_BIAS = -10;
const KEEP_BIASES = [3, 6] as const;

/**
 * The mLSTM (Beck et al. 2024, section 2.3): a matrix for each head, with an exponential input gate and a normalizer; gates
 * are bounded by a soft cap, and a sigmoid gates the output.
 *
 * Observable: `inputGates` and `keepGates` [batch, length, heads], before their activations.
 */
export class MlstmMixer extends MatrixStateMixer {
  readonly gates: Linear; // [width, 2 * heads]: input, keep
  readonly gateBias: Parameter; // [2 * heads]

  constructor(options: MatrixStateOptions) {
    super(options);
    const { width, heads } = options;
    this.gates = new Linear(width, 2 * heads, { bias: false, initializer: uniform(0.1 / Math.sqrt(width)) });
    this.gateBias = new Parameter([2 * heads], () => initialBiases(heads));
  }

  protected override gated(gate: Tensor): Tensor {
    return sigmoid(gate);
  }

  protected stateShapes() {
    const { heads, keySize, valueSize } = this.sizes;
    return { matrix: [heads, keySize, valueSize], normalizer: [heads, keySize], stabilizer: [heads] };
  }

  protected recurrenceCost(length: number) {
    const { heads, keySize, valueSize } = this.sizes;
    return deltaRuleCost(length, { heads, keySize, valueSize: valueSize + 1 }, 'sums');
  }

  protected recur({ query, key, value, x, real, resets }: HeadVectors, states: MatrixStates, context: MixContext) {
    const [batch, length] = x.shape;
    const bounded = mul(tanh(mul(add(this.gates.apply(x), this.gateBias.value), 1 / GATE_BOUND)), GATE_BOUND);
    const [inputGate, keepGate] = split(bounded, 2, 2) as [Tensor3D, Tensor3D];
    context.observe?.('inputGates', inputGate);
    context.observe?.('keepGates', keepGate);
    const found = mlstm({
      ...{ query, key, value, inputGate, keepGate, resets },
      real: real && (reshape(real, [batch, length]) as Tensor2D),
      initialState: {
        matrix: states.matrix as Tensor4D,
        normalizer: states.normalizer as Tensor3D,
        stabilizer: states.stabilizer as Tensor2D,
      },
    });
    return { y: found.y, state: { ...found.state } };
  }
}

function initialBiases(heads: number): Float32Array {
  const [first, last] = KEEP_BIASES;
  const keep = (head: number) => first + ((last - first) * head) / Math.max(1, heads - 1);
  return Float32Array.from({ length: 2 * heads }, (_, i) => (i < heads ? INPUT_BIAS : keep(i - heads)));
}
