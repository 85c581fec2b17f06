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
import { type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { lstmSequence } from './ops/lstm-sequence/index.js';
import { masksOf } from './ops/masks.js';

export interface RecurrentMixerOptions {
  readonly width: number;
  /** Size of the state; default the width. */
  readonly hiddenWidth?: number;
}

export type LstmState = {
  readonly hidden: Tensor2D; // [batch, hiddenWidth]
  readonly cell: Tensor2D; // [batch, hiddenWidth]
};

/**
 * Long short-term memory, LSTM (Hochreiter and Schmidhuber 1997; with forget gates, Gers, Schmidhuber and Cummins
 * 2000):
 *
 *     i, f, o = σ(W x + U h + b)      g = tanh(W x + U h + b)
 *     c ← f c + i g                   h ← o tanh(c)
 */
export class LstmMixer extends Module implements SequenceMixer<LstmState> {
  readonly input: Linear; // [width, 4 * hiddenWidth]: i, f, g, o
  readonly recurrence: Linear; // [hiddenWidth, 4 * hiddenWidth]
  readonly output: Linear; // [hiddenWidth, width]
  readonly hiddenWidth: number;

  constructor({ width, hiddenWidth = width }: RecurrentMixerOptions) {
    super();
    const initializer = uniform(1 / Math.sqrt(hiddenWidth));
    this.input = new Linear(width, 4 * hiddenWidth, { initializer });
    this.recurrence = new Linear(hiddenWidth, 4 * hiddenWidth, { bias: false, initializer, quantizable: false });
    this.output = new Linear(hiddenWidth, width, { initializer });
    this.hiddenWidth = hiddenWidth;
  }

  initState(batchSize: number): LstmState {
    const empty = (): Tensor2D => zeros([batchSize, this.hiddenWidth]);
    return { hidden: empty(), cell: empty() };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const flops = linearFlops(this, length);
    return { flops, gradientFlops: 2 * flops, stateBytes: 2 * 4 * this.hiddenWidth };
  }

  mix(x: Tensor3D, state: LstmState, context: MixContext): { output: Tensor3D; state: LstmState } {
    const shape = [x.shape[0], this.hiddenWidth];
    expectStateTensors('LstmMixer', state, { hidden: shape, cell: shape });
    const { hidden, cell } = state;
    return scoped(() => {
      const [batch, length] = x.shape;
      const { outputs, ...next } = lstmSequence({
        gates: this.input.apply(x) as Tensor3D,
        weight: this.recurrence.weight.value as Tensor2D,
        ...{ hidden, cell },
        ...masksOf(context, batch, length),
      });
      return { output: this.output.apply(outputs), state: next };
    });
  }
}
