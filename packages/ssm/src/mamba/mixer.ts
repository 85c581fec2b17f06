import {
  type ActivationFunction,
  activationByName,
  costOfParts,
  expectStateTensors,
  Linear,
  type MixContext,
  Module,
  ones,
  Parameter,
  type PartCost,
  RmsNorm,
  rmsNorm,
  type SequenceMixer,
  scoped,
  uniform,
} from '@sequitur/core';
import {
  add,
  cast,
  exp,
  expandDims,
  mul,
  neg,
  ones as onesTensor,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';
import { DEFAULT_STEP_SPAN, type StepSizeSpan, s4dRealInitializer, stepBiasInitializer } from '../initializers.js';
import { selectiveScanCost } from '../ops/selective-scan/cost.js';
import { type SelectiveScan, selectiveScan } from '../ops/selective-scan/index.js';
import { observeScan } from '../ops/selective-scan/observe.js';
import { ShortConvolution } from '../short-convolution.js';

export interface MambaMixerOptions {
  readonly width: number;
  readonly innerWidth: number;
  readonly stateSize: number;
  readonly kernelSize: number;
  readonly stepRank: number;
  readonly bias: boolean;
  readonly convolutionBias: boolean;
  readonly activation: string;
  /** Root mean square norms of step size, input and output matrices, with weights or without; default none. */
  readonly selectionNorm?: { readonly epsilon: number; readonly weighted: boolean } | undefined;
  readonly stepSpan?: StepSizeSpan | undefined;
  /** Factor on the initial output projection; default 1. */
  readonly outputScale?: number;
}

/** The state of a Mamba mixer, of constant size. */
export type MambaState = {
  readonly convolution: Tensor3D; // [batch, kernelSize - 1, innerWidth]
  readonly scan: Tensor3D; // [batch, innerWidth, stateSize]
};

/**
 * The mixer of Mamba, a selective state space model (Gu and Dao 2023, figure 3). The input is projected to a signal and
 * a gate; the signal passes through a short convolution and a selective scan whose step size, input and output matrices
 * depend on it; the gate multiplies the result.
 *
 * Observable: `stepSizes` [batch, length, innerWidth], `stateNorms` [batch, length] and `attention` [batch, length,
 * length], each computed only when observed.
 */
export class MambaMixer extends Module implements SequenceMixer<MambaState> {
  readonly input: Linear; // [width, 2 * innerWidth]: signal and gate
  readonly convolution: ShortConvolution;
  readonly selection: Linear; // [innerWidth, stepRank + 2 * stateSize]: projections to Δ, B and C
  readonly stepNorm: RmsNorm | null; // [stepRank]
  readonly inputNorm: RmsNorm | null; // [stateSize]: of B
  readonly outputNorm: RmsNorm | null; // [stateSize]: of C
  readonly stepSize: Linear; // [stepRank, innerWidth]
  readonly stepBias: Parameter; // [innerWidth]
  readonly logDecay: Parameter; // [innerWidth, stateSize]: log(-A)
  readonly skip: Parameter; // [innerWidth]: D
  readonly output: Linear; // [innerWidth, width]
  readonly #options: MambaMixerOptions;
  readonly #gate: ActivationFunction;

  constructor(options: MambaMixerOptions) {
    super();
    const { width, innerWidth, stateSize, stepRank, bias, stepSpan = DEFAULT_STEP_SPAN, outputScale = 1 } = options;
    this.input = new Linear(width, 2 * innerWidth, { bias, initializer: uniform(1 / Math.sqrt(width)) });
    this.convolution = new ShortConvolution({
      channels: innerWidth,
      kernelSize: options.kernelSize,
      bias: options.convolutionBias,
      activation: options.activation,
    });
    const selected = stepRank + 2 * stateSize;
    this.selection = new Linear(innerWidth, selected, { bias: false, initializer: uniform(1 / Math.sqrt(innerWidth)) });
    this.stepNorm = selectionNorm(options, stepRank);
    this.inputNorm = selectionNorm(options, stateSize);
    this.outputNorm = selectionNorm(options, stateSize);
    this.stepSize = new Linear(stepRank, innerWidth, { bias: false, initializer: uniform(1 / Math.sqrt(stepRank)) });
    this.stepBias = new Parameter([innerWidth], stepBiasInitializer(stepSpan));
    this.logDecay = new Parameter([innerWidth, stateSize], s4dRealInitializer, { decays: false });
    this.skip = new Parameter([innerWidth], ones);
    this.output = new Linear(innerWidth, width, { bias, initializer: uniform(outputScale / Math.sqrt(innerWidth)) });
    this.#options = options;
    this.#gate = activationByName(options.activation);
  }

  initState(batchSize: number): MambaState {
    const { innerWidth, stateSize } = this.#options;
    return { convolution: this.convolution.initState(batchSize), scan: zeros([batchSize, innerWidth, stateSize]) };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const { innerWidth, stateSize } = this.#options;
    const rest = costOfParts(this, length); // Linears and the convolution
    const scan = selectiveScanCost(length, innerWidth, stateSize);
    return {
      flops: rest.flops + scan.flops,
      gradientFlops: rest.gradientFlops + scan.gradientFlops,
      stateBytes: rest.stateBytes + 4 * innerWidth * stateSize,
    };
  }

  mix(x: Tensor3D, state: MambaState, context: MixContext): { output: Tensor3D; state: MambaState } {
    const { innerWidth, kernelSize, stateSize } = this.#options;
    expectStateTensors('MambaMixer', state, {
      convolution: [x.shape[0], kernelSize - 1, innerWidth],
      scan: [x.shape[0], innerWidth, stateSize],
    });
    return scoped(() => {
      const [signal, gate] = split(this.input.apply(x), 2, 2) as [Tensor3D, Tensor3D];
      const convolved = this.convolution.apply(signal, state.convolution, context);
      const scan = this.#scanOf(convolved.y, state.scan, context);
      const { y, state: last } = selectiveScan(scan);
      observeScan(scan, context);
      const output = this.output.apply(mul(y, this.#gate(gate)) as Tensor3D);
      return { output, state: { convolution: convolved.state, scan: last } };
    });
  }

  #normed(x: Tensor3D, norm: RmsNorm | null): Tensor3D {
    const { selectionNorm } = this.#options;
    if (norm) return norm.apply(x);
    return selectionNorm ? rmsNorm(x, onesTensor([x.shape[2]]), selectionNorm.epsilon) : x;
  }

  #scanOf(x: Tensor3D, initialState: Tensor3D, { attentionMask, resets }: MixContext): SelectiveScan {
    const { stepRank, stateSize } = this.#options;
    const parts = split(this.selection.apply(x), [stepRank, stateSize, stateSize], 2) as Tensor3D[];
    const norms = [this.stepNorm, this.inputNorm, this.outputNorm];
    const [step, inputMatrix, outputMatrix] = parts.map((part, index) => this.#normed(part, norms[index]!));
    return {
      x,
      stepSize: withoutPadding(this.stepSize.apply(step as Tensor3D), attentionMask),
      stateMatrix: neg(exp(this.logDecay.value)) as Tensor2D,
      inputMatrix: inputMatrix!,
      outputMatrix: outputMatrix!,
      skip: this.skip.value,
      stepBias: this.stepBias.value,
      initialState,
      resets: resets && (cast(resets, 'float32') as Tensor2D),
    };
  }
}

function selectionNorm({ selectionNorm: norm }: MambaMixerOptions, size: number): RmsNorm | null {
  return norm?.weighted ? new RmsNorm(size, norm.epsilon) : null;
}

/** The step size at padding, before softplus, which maps it to 0: the state then neither decays nor receives input. */
const NO_STEP = -1e4;

function withoutPadding(step: Tensor3D, attentionMask: Tensor2D | undefined): Tensor3D {
  if (!attentionMask) return step;
  const real = expandDims(cast(attentionMask, 'float32'), 2);
  return add(mul(step, real), mul(sub(1, real), NO_STEP)) as Tensor3D;
}
