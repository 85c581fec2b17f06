import { Linear, type MixContext, ones, Parameter, rmsNorm, softplus, uniform } from '@sequitur/core';
import {
  add,
  cumsum,
  expandDims,
  floor,
  mul,
  neg,
  ones as onesTensor,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
} from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, stepBiasInitializer } from '../initializers.js';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { trapezoidalScan } from '../ops/trapezoidal/index.js';
import { rotateByAngles } from '../ops/trapezoidal/rotation.js';
import { type HeadVectors, MatrixStateMixer, type MatrixStateOptions, type MatrixStates, masked } from './mixer.js';

const TURN = 2 * Math.PI;

/**
 * The mixer of Mamba-3 (Lahoti et al. 2026), with one input for each head: the trapezoidal rule takes the place of the short
 * convolution, and complex decays become rotations of normed, biased keys and queries, whose angles depend on the input.
 *
 * Observable: `stepSizes` and `logDecays` [batch, length, heads].
 */
export class Mamba3Mixer extends MatrixStateMixer {
  readonly gates: Linear; // [width, 3 * heads + keySize / 2]: step size, decay, blend, angles
  readonly stepBias: Parameter; // [heads]
  readonly queryWeight: Parameter; // [keySize], of the norm
  readonly keyWeight: Parameter; // [keySize]
  readonly queryBias: Parameter; // [heads, keySize]
  readonly keyBias: Parameter; // [heads, keySize]
  readonly skip: Parameter; // [heads]

  constructor(options: MatrixStateOptions) {
    super({ ...options, kernelSize: 0 });
    const { width, heads, keySize } = options;
    const initializer = uniform(1 / Math.sqrt(width));
    this.gates = new Linear(width, 3 * heads + keySize / 2, { bias: false, initializer });
    this.stepBias = new Parameter([heads], stepBiasInitializer(DEFAULT_STEP_SPAN));
    this.queryWeight = new Parameter([keySize], ones);
    this.keyWeight = new Parameter([keySize], ones);
    this.queryBias = new Parameter([heads, keySize], ones);
    this.keyBias = new Parameter([heads, keySize], ones);
    this.skip = new Parameter([heads], ones);
  }

  protected stateShapes() {
    const { heads, keySize, valueSize } = this.sizes;
    return {
      ...{ matrix: [heads, keySize, valueSize], key: [heads, 1, keySize], value: [heads, 1, valueSize] },
      angle: [heads, keySize / 2],
    };
  }

  protected recurrenceCost(length: number) {
    const { heads, keySize, valueSize } = this.sizes;
    const scan = deltaRuleCost(length, this.sizes, 'sums');
    const ofPositions = 2 * length * heads * (keySize + valueSize);
    const ofState = 2 * heads * keySize * valueSize; // the last input, without a gradient
    return { flops: scan.flops + ofPositions + ofState, gradientFlops: scan.gradientFlops + 2 * ofPositions };
  }

  protected recur({ query, key, value, x, real, resets }: HeadVectors, states: MatrixStates, context: MixContext) {
    const { heads, keySize, valueSize, normEpsilon } = this.sizes;
    const [batch, length] = x.shape;
    const parts = split(this.gates.apply(x), [heads, heads, heads, keySize / 2], 2) as Tensor3D[];
    const stepSize = masked(softplus(add(parts[0]!, this.stepBias.value)) as Tensor3D, real);
    const logDecay = neg(mul(softplus(parts[1]!) as Tensor, stepSize)) as Tensor3D;
    context.observe?.('stepSizes', stepSize);
    context.observe?.('logDecays', logDecay);
    const angles = this.#angles(parts[3]!, stepSize, states.angle!);
    const turned = (vectors: Tensor4D, weight: Parameter, bias: Parameter) => {
      const biased = add(rmsNorm(vectors, weight.value, normEpsilon), bias.value);
      return reshape(rotateByAngles(biased, angles), [batch, length, 1, heads, keySize]);
    };
    const found = trapezoidalScan({
      query: turned(query, this.queryWeight, this.queryBias),
      key: turned(key, this.keyWeight, this.keyBias),
      value: reshape(value, [batch, length, 1, heads, valueSize]),
      ...{ logDecay, stepSize, blend: sigmoid(parts[2]!), resets },
      real: real && (reshape(real, [batch, length]) as Tensor2D),
      initialState: {
        ...{ matrix: states.matrix as Tensor4D, key: states.key as Tensor4D, value: states.value as Tensor4D },
      },
    });
    const y = add(reshape(found.y, value.shape), mul(value, expandDims(this.skip.value, 1)));
    const last = reshape(slice(angles as Tensor4D, [0, length - 1, 0, 0], [batch, 1, heads, -1]), states.angle!.shape);
    return { y, state: { ...found.state, angle: sub(last, mul(floor(mul(last, 1 / TURN)), TURN)) } };
  }

  /** Sums of tanh(angle) π Δ, [batch, length, heads, keySize / 2]; which zero they count from changes nothing. */
  #angles(raw: Tensor3D, stepSize: Tensor3D, before: Tensor): Tensor {
    const [batch, length] = raw.shape;
    const { heads, keySize } = this.sizes;
    const shared = mul(reshape(mul(tanh(raw), Math.PI), [batch * length, 1, keySize / 2]), onesTensor([1, heads, 1]));
    const steps = mul(reshape(shared, [batch, length, heads, keySize / 2]), expandDims(stepSize, 3));
    return add(cumsum(steps, 1), expandDims(before, 1));
  }
}
