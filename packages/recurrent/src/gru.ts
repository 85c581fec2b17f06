import {
  expectStateTensors,
  Linear,
  linearFlops,
  type MixContext,
  Module,
  type PartCost,
  type SequenceMixer,
  scoped,
  uniform,
} from '@sequitur/core';
import { type Tensor1D, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import type { RecurrentMixerOptions } from './lstm.js';
import { gruSequence } from './ops/gru-sequence/index.js';
import { masksOf } from './ops/masks.js';

export type GruState = { readonly hidden: Tensor2D }; // [batch, hiddenWidth]

/**
 * Gated recurrent unit, GRU (Cho et al. 2014, section 2.3), with the reset gate after the product, as in PyTorch and
 * cuDNN:
 *
 *     r, z = σ(W x + U h + b)         n = tanh(W x + b + r (U h + b'))
 *     h ← (1 - z) n + z h
 */
export class GruMixer extends Module implements SequenceMixer<GruState> {
  readonly input: Linear; // [width, 3 * hiddenWidth]: r, z, n
  readonly recurrence: Linear; // [hiddenWidth, 3 * hiddenWidth]
  readonly output: Linear; // [hiddenWidth, width]
  readonly hiddenWidth: number;

  constructor({ width, hiddenWidth = width }: RecurrentMixerOptions) {
    super();
    const initializer = uniform(1 / Math.sqrt(hiddenWidth));
    this.input = new Linear(width, 3 * hiddenWidth, { initializer });
    this.recurrence = new Linear(hiddenWidth, 3 * hiddenWidth, { initializer, quantizable: false });
    this.output = new Linear(hiddenWidth, width, { initializer });
    this.hiddenWidth = hiddenWidth;
  }

  initState(batchSize: number): GruState {
    return { hidden: zeros([batchSize, this.hiddenWidth]) };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const flops = linearFlops(this, length);
    return { flops, gradientFlops: 2 * flops, stateBytes: 4 * this.hiddenWidth };
  }

  mix(x: Tensor3D, state: GruState, context: MixContext): { output: Tensor3D; state: GruState } {
    const shape = [x.shape[0], this.hiddenWidth];
    expectStateTensors('GruMixer', state, { hidden: shape });
    const { hidden } = state;
    return scoped(() => {
      const [batch, length] = x.shape;
      const { outputs, ...next } = gruSequence({
        gates: this.input.apply(x) as Tensor3D,
        weight: this.recurrence.weight.value as Tensor2D,
        bias: this.recurrence.bias!.value as Tensor1D,
        hidden,
        ...masksOf(context, batch, length),
      });
      return { output: this.output.apply(outputs), state: next };
    });
  }
}
