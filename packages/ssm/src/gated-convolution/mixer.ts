import {
  expectStateTensors,
  type Initializer,
  Linear,
  type MixContext,
  Module,
  normal,
  type SequenceMixer,
  scoped,
} from '@sequitur/core';
import { mul, split, type Tensor3D } from '@tensorflow/tfjs-core';
import { ShortConvolution } from '../short-convolution.js';

export interface GatedConvolutionMixerOptions {
  readonly width: number;
  /** Kernel size in positions, the current one included. */
  readonly kernelSize: number;
  /** Whether both projections and the convolution have biases; default false. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

export type GatedConvolutionState = {
  readonly convolution: Tensor3D; // [batch, kernelSize - 1, width]
};

/**
 * A short convolution between two gates (Amini et al. 2025, "LFM2"): the input is projected to two gates and a signal;
 *
 *     y = outer ⊙ convolution(inner ⊙ signal)
 *
 * followed by a projection of y. Padding does not enter the convolution.
 */
export class GatedConvolutionMixer extends Module implements SequenceMixer<GatedConvolutionState> {
  readonly input: Linear; // [width, 3 * width]: inner gate, outer gate, signal
  readonly convolution: ShortConvolution;
  readonly output: Linear; // [width, width]
  readonly width: number;

  constructor({ width, kernelSize, bias = false, initializer = normal(0.02) }: GatedConvolutionMixerOptions) {
    super();
    this.width = width;
    this.input = new Linear(width, 3 * width, { bias, initializer });
    this.convolution = new ShortConvolution({ channels: width, kernelSize, bias, activation: 'linear' });
    this.output = new Linear(width, width, { bias, initializer });
  }

  initState(batchSize: number): GatedConvolutionState {
    return { convolution: this.convolution.initState(batchSize) };
  }

  mix(x: Tensor3D, state: GatedConvolutionState, context: MixContext) {
    const before = this.convolution.weight.shape[0]! - 1;
    expectStateTensors('GatedConvolutionMixer', state, { convolution: [x.shape[0], before, this.width] });
    return scoped(() => {
      const [inner, outer, signal] = split(this.input.apply(x), 3, 2) as [Tensor3D, Tensor3D, Tensor3D];
      const convolved = this.convolution.apply(mul(inner, signal) as Tensor3D, state.convolution, context);
      const output = this.output.apply(mul(outer, convolved.y) as Tensor3D);
      return { output, state: { convolution: convolved.state } };
    });
  }
}
