import {
  constant,
  expectStateTensors,
  gelu,
  type Initializer,
  Linear,
  linearFlops,
  type MixContext,
  Module,
  normal,
  observeLazily,
  Parameter,
  type PartCost,
  type SequenceMixer,
  scoped,
  sizeOf,
  uniform,
} from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  mul,
  sigmoid,
  split,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  unstack,
} from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, type StepSizeSpan } from '../initializers.js';
import { diagonalScanCost } from './cost.js';
import { paddedDiagonalScan } from './padded-scan.js';
import { type DiagonalStateSpace, impulseResponse } from './powers.js';
import { diagonalScan, emptyDiagonalState } from './scan.js';

export interface S4dMixerOptions {
  readonly width: number;
  /** N, state size per channel, complex states counted twice; default 64. */
  readonly stateSize?: number;
  readonly stepSpan?: StepSizeSpan;
}

/** The state of an S4D mixer, of constant size. */
export type S4dState = { readonly scan: Tensor4D }; // [batch, width, stateSize / 2, 2]

/**
 * The mixer of S4D (Gu et al. 2022, "On the parameterization and initialization of diagonal state space models",
 * sections 3 and 4.1): a time-invariant diagonal state space per channel, then gelu and a gated linear layer that mixes
 * the channels. Initialised as S4D-Lin.
 *
 * Observable: `response` [width, 64], the impulse response of every channel.
 */
export class S4dMixer extends Module implements SequenceMixer<S4dState> {
  readonly logStep: Parameter; // [width]
  readonly logDecay: Parameter; // [width, stateSize / 2]
  readonly frequency: Parameter; // [width, stateSize / 2]
  readonly outputMatrix: Parameter; // [width, stateSize / 2, 2]: real and imaginary parts
  readonly skip: Parameter; // [width]
  readonly output: Linear; // [width, 2 * width]: values and their gates

  constructor({ width, stateSize = 64, stepSpan = DEFAULT_STEP_SPAN }: S4dMixerOptions) {
    super();
    const places = stateSize / 2;
    this.logStep = new Parameter([width], logarithmsBetween(stepSpan));
    this.logDecay = new Parameter([width, places], constant(Math.log(0.5)), { decays: false });
    this.frequency = new Parameter([width, places], multiplesOfPi, { decays: false });
    this.outputMatrix = new Parameter([width, places, 2], normal(Math.SQRT1_2), { decays: false });
    this.skip = new Parameter([width], normal(1));
    this.output = new Linear(width, 2 * width, { initializer: uniform(1 / Math.sqrt(width)) });
  }

  initState(batchSize: number): S4dState {
    const [width, places] = this.logDecay.shape as [number, number];
    return { scan: emptyDiagonalState(batchSize, width, places) };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const [width, places] = this.logDecay.shape as [number, number];
    const [projection, scan] = [linearFlops(this, length), diagonalScanCost(length, width, 2 * places)];
    return {
      flops: projection + scan.flops,
      gradientFlops: 2 * projection + scan.gradientFlops,
      stateBytes: 4 * width * 2 * places,
    };
  }

  mix(x: Tensor3D, state: S4dState, context: MixContext): { output: Tensor3D; state: S4dState } {
    const [width, places] = this.logDecay.shape as [number, number];
    expectStateTensors('S4dMixer', state, { scan: [x.shape[0], width, places, 2] });
    return scoped(() => {
      const { attentionMask } = context;
      const input = attentionMask ? (mul(x, expandDims(cast(attentionMask, 'float32'), 2)) as Tensor3D) : x;
      const resets = context.resets && (cast(context.resets, 'float32') as Tensor2D);
      const space = this.#space();
      observeLazily(context, 'response', () => impulseResponse(space, 64));
      const scan = { x: input, space, initial: state.scan, resets };
      const { y, state: last } = attentionMask
        ? paddedDiagonalScan({ ...scan, mask: attentionMask })
        : diagonalScan(input, space, state.scan, resets);
      const passed = gelu(add(y, mul(input, this.skip.value)) as Tensor3D);
      const [values, gates] = split(this.output.apply(passed), 2, 2) as [Tensor, Tensor];
      return { output: mul(values, sigmoid(gates)) as Tensor3D, state: { scan: last } };
    });
  }

  #space(): DiagonalStateSpace {
    const [outputReal, outputImaginary] = unstack(this.outputMatrix.value, 2) as [Tensor, Tensor];
    return {
      logStep: this.logStep.value,
      logDecay: this.logDecay.value,
      frequency: this.frequency.value,
      outputReal,
      outputImaginary,
    };
  }
}

const logarithmsBetween =
  ({ least, most }: StepSizeSpan): Initializer =>
  (shape, random) =>
    Float32Array.from(
      { length: sizeOf(shape) },
      () => Math.log(least) + random.uniform() * (Math.log(most) - Math.log(least)),
    );

/** Each row is 0, π, 2π, ... */
const multiplesOfPi: Initializer = (shape) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.PI * (i % shape.at(-1)!));
