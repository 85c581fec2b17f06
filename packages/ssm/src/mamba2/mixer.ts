import {
  type Context,
  clip,
  costOfParts,
  expectStateTensors,
  Linear,
  type MixContext,
  Module,
  observeLazily,
  ones,
  Parameter,
  type PartCost,
  rmsNorm,
  type SequenceMixer,
  scoped,
  silu,
  softplus,
  uniform,
} from '@sequitur/core';
import {
  abs,
  add,
  cast,
  clone,
  cumsum,
  equal,
  exp,
  expandDims,
  max,
  maximum,
  mul,
  neg,
  reshape,
  split,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  zeros,
} from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, logUniformInitializer, type StepSizeSpan, stepBiasInitializer } from '../initializers.js';
import { stateSpaceDualityCost } from '../ops/state-space-duality/cost.js';
import { type StateSpaceDuality, stateSpaceDuality } from '../ops/state-space-duality/index.js';
import { observeDuality } from '../ops/state-space-duality/observe.js';
import { ShortConvolution } from '../short-convolution.js';

export interface Mamba2MixerOptions {
  readonly width: number;
  readonly innerWidth: number;
  readonly stateSize: number;
  readonly headSize: number;
  readonly groups: number;
  readonly kernelSize: number;
  readonly chunkLength: number;
  readonly stepLimit: readonly [least: number, most: number];
  readonly bias: boolean;
  readonly convolutionBias: boolean;
  readonly activation: string;
  readonly normEpsilon: number;
  readonly normGroupSize: number;
  /** The norm of the output after it is gated (the default), before it is gated, or none but the gate. */
  readonly norm?: 'afterGate' | 'beforeGate' | 'none';
  /** Whether the output projection has a bias; default `bias`. */
  readonly outputBias?: boolean;
  /** Factor on the input; default 1. */
  readonly inputScale?: number;
  /** Factors on what the input projection gives: gate, signal, input matrix, output matrix, step sizes; default 1. */
  readonly projectionScales?: readonly number[];
  readonly stepSpan?: StepSizeSpan | undefined;
  /** Factor on the initial output projection; default 1. */
  readonly outputScale?: number;
}

/** The state of a Mamba-2 mixer, of constant size. */
export type Mamba2State = {
  readonly convolution: Tensor3D; // [batch, kernelSize - 1, innerWidth + 2 * groups * stateSize]
  readonly scan: Tensor4D; // [batch, heads, headSize, stateSize]
};

/**
 * The mixer of Mamba-2 (Dao and Gu 2024, figure 6): one projection computes gate, signal, input and output matrices and
 * step sizes; signal and matrices pass through a short convolution; each head has one decay; a gated norm follows.
 * Padding does not affect the result, except where the projection has a bias: that of padding at the beginning enters
 * the convolution, as in Hugging Face's class.
 *
 * Observable: `stepSizes` [batch, length, heads], `stateNorms` [batch, length] and `attention` [batch, heads, length,
 * length], each computed only when observed.
 */
export class Mamba2Mixer extends Module implements SequenceMixer<Mamba2State> {
  readonly input: Linear; // [width, 2 * innerWidth + 2 * groups * stateSize + heads]
  readonly convolution: ShortConvolution;
  readonly stepBias: Parameter; // [heads]
  readonly logDecay: Parameter; // [heads]: log(-A)
  readonly skip: Parameter; // [heads]: D
  readonly normWeight: Parameter | null; // [innerWidth]
  readonly output: Linear; // [innerWidth, width]
  readonly heads: number;
  readonly #options: Mamba2MixerOptions;

  constructor(options: Mamba2MixerOptions) {
    super();
    const { width, innerWidth, stateSize, groups, bias, stepSpan = DEFAULT_STEP_SPAN, outputScale = 1 } = options;
    this.heads = innerWidth / options.headSize;
    const channels = innerWidth + 2 * groups * stateSize;
    const projected = innerWidth + channels + this.heads;
    this.input = new Linear(width, projected, { bias, initializer: uniform(1 / Math.sqrt(width)) });
    const { kernelSize, convolutionBias, activation } = options;
    this.convolution = new ShortConvolution({ channels, kernelSize, bias: convolutionBias, activation });
    this.stepBias = new Parameter([this.heads], stepBiasInitializer(stepSpan));
    this.logDecay = new Parameter([this.heads], logUniformInitializer(1, 16));
    this.skip = new Parameter([this.heads], ones);
    this.normWeight = options.norm === 'none' ? null : new Parameter([innerWidth], ones);
    this.output = new Linear(innerWidth, width, {
      bias: options.outputBias ?? bias,
      initializer: uniform(outputScale / Math.sqrt(innerWidth)),
    });
    this.#options = options;
  }

  initState(batchSize: number): Mamba2State {
    const { headSize, stateSize } = this.#options;
    return {
      convolution: this.convolution.initState(batchSize),
      scan: zeros([batchSize, this.heads, headSize, stateSize]),
    };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const { innerWidth, stateSize, headSize, chunkLength } = this.#options;
    const rest = costOfParts(this, length); // Linears and the convolution
    const scan = stateSpaceDualityCost(length, { heads: this.heads, headSize, state: stateSize, chunk: chunkLength });
    return {
      flops: rest.flops + scan.flops,
      gradientFlops: rest.gradientFlops + scan.gradientFlops,
      stateBytes: rest.stateBytes + 4 * innerWidth * stateSize,
    };
  }

  mix(x: Tensor3D, state: Mamba2State, context: MixContext): { output: Tensor3D; state: Mamba2State } {
    const { innerWidth, groups, stateSize, kernelSize, headSize, chunkLength } = this.#options;
    expectStateTensors('Mamba2Mixer', state, {
      convolution: [x.shape[0], kernelSize - 1, innerWidth + 2 * groups * stateSize],
      scan: [x.shape[0], this.heads, headSize, stateSize],
    });
    return scoped(() => {
      const attentionMask = context.attentionMask && expandDims(cast(context.attentionMask, 'float32'), 2);
      const masked = (values: Tensor3D) => (attentionMask ? (mul(values, attentionMask) as Tensor3D) : values);
      const sizes = [innerWidth, innerWidth + 2 * groups * stateSize, this.heads];
      const [gate, mixed, step] = split(this.#project(masked(x)), sizes, 2) as [Tensor3D, Tensor3D, Tensor3D];
      const resets = context.resets && (cast(context.resets, 'float32') as Tensor2D);
      const padding = this.input.bias
        ? keepFirstPadding(context.attentionMask, state.convolution)
        : context.attentionMask;
      const convolved = this.convolution.apply(mixed, state.convolution, { ...context, attentionMask: padding });
      const stepSize = masked(this.#stepSizes(step)); // 0 at padding, where the state does not change
      const { scan, signal } = this.#scanOf(masked(convolved.y), stepSize, state.scan, resets);
      const { y, state: last } = stateSpaceDuality(scan, chunkLength);
      this.#observe(scan, stepSize, context);
      const passed = add(y, mul(signal, expandDims(this.skip.value, 1)));
      const normed = this.#gated(reshape(passed, gate.shape), gate);
      return { output: this.output.apply(normed) as Tensor3D, state: { convolution: convolved.state, scan: last } };
    });
  }

  /** Gate, signal, input and output matrices and step sizes. */
  #project(x: Tensor3D): Tensor3D {
    const { inputScale = 1, projectionScales: scales, innerWidth, groups, stateSize } = this.#options;
    const projected = this.input.apply(inputScale === 1 ? x : (mul(x, inputScale) as Tensor3D));
    if (!scales) return projected;
    const sizes = [innerWidth, innerWidth, groups * stateSize, groups * stateSize, this.heads];
    const factors = sizes.flatMap((size, part) => new Array<number>(size).fill(scales[part]!));
    return mul(projected, tensor1d(factors)) as Tensor3D;
  }

  #gated(x: Tensor3D, gate: Tensor3D): Tensor3D {
    const { normEpsilon, normGroupSize: groupSize, norm } = this.#options;
    if (!this.normWeight) return mul(x, silu(gate)) as Tensor3D;
    const options = { gate, groupSize, normBeforeGate: norm === 'beforeGate' };
    return rmsNorm(x, this.normWeight.value, normEpsilon, options);
  }

  #scanOf(mixed: Tensor3D, stepSize: Tensor3D, initialState: Tensor4D, resets: Tensor2D | undefined) {
    const { innerWidth, groups, stateSize, headSize } = this.#options;
    const [batch, length] = mixed.shape;
    const [x, input, output] = split(mixed, [innerWidth, groups * stateSize, groups * stateSize], 2);
    const signal = reshape(x!, [batch, length, this.heads, headSize]) as Tensor4D;
    const scan: StateSpaceDuality = {
      x: mul(signal, expandDims(stepSize, 3)) as Tensor4D,
      logDecay: mul(stepSize, neg(exp(this.logDecay.value))) as Tensor3D,
      inputMatrix: reshape(input!, [batch, length, groups, stateSize]) as Tensor4D,
      outputMatrix: reshape(output!, [batch, length, groups, stateSize]) as Tensor4D,
      initialState,
      resets,
    };
    return { scan, signal };
  }

  #stepSizes(step: Tensor3D): Tensor3D {
    const [least, most] = this.#options.stepLimit;
    const sizes = softplus(add(step, this.stepBias.value)) as Tensor3D;
    if (least <= 0 && most === Number.POSITIVE_INFINITY) return sizes;
    return clip(sizes as Tensor3D, least, Math.min(most, LARGEST));
  }

  #observe(scan: StateSpaceDuality, stepSize: Tensor3D, context: Context): void {
    observeLazily(context, 'stepSizes', () => clone(stepSize));
    observeDuality(scan, context);
  }
}

/** The mask in which padding before the first token counts as real, in rows that have not read a token yet. */
function keepFirstPadding(mask: Tensor2D | undefined, state: Tensor3D): Tensor2D | undefined {
  if (!mask) return undefined;
  const real = cast(mask, 'float32');
  const isFirst = cast(equal(cumsum(real, 1), 0), 'float32');
  const isEmpty = expandDims(cast(equal(max(abs(state), [1, 2]), 0), 'float32'), 1);
  return maximum(real, mul(isFirst, isEmpty)) as Tensor2D;
}

/** The largest float32, which stands for an infinite bound on a GPU. */
const LARGEST = 3.4028234663852886e38;
