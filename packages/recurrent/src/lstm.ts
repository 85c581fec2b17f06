import {
  Linear,
  linearFlops,
  type MixContext,
  Module,
  type PartCost,
  type SequenceMixer,
  scoped,
  uniform,
} from '@sequitur/core';
import {
  add,
  mul,
  sigmoid,
  split,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import { unroll } from './unroll.js';

export interface RecurrentMixerOptions {
  readonly width: number;
  /** Numbers in the state; default the width. */
  readonly hiddenWidth?: number;
}

export type LstmState = {
  readonly hidden: Tensor2D; // [batch, hiddenWidth]
  readonly cell: Tensor2D; // [batch, hiddenWidth]
};

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000, with the gate that forgets):
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
    this.recurrence = new Linear(hiddenWidth, 4 * hiddenWidth, { bias: false, initializer });
    this.output = new Linear(hiddenWidth, width, { initializer });
    this.hiddenWidth = hiddenWidth;
  }

  initState(batchSize: number): LstmState {
    const empty = (): Tensor2D => zeros([batchSize, this.hiddenWidth]);
    return { hidden: empty(), cell: empty() };
  }

  /** For one text of so many tokens. */
  cost(length: number): PartCost {
    const flops = linearFlops(this, length);
    // The state before the first token is given: no gradient goes to it.
    return { flops, gradientFlops: 2 * flops - linearFlops(this.recurrence, 1), stateBytes: 2 * 4 * this.hiddenWidth };
  }

  mix(x: Tensor3D, state: LstmState, context: MixContext): { output: Tensor3D; state: LstmState } {
    return scoped(() => {
      const found = unroll(this.input.apply(x), state, context, (gates, before) => this.#step(gates, before));
      return { output: this.output.apply(found.output), state: found.state };
    });
  }

  #step(x: Tensor2D, { hidden, cell }: LstmState): { output: Tensor2D; state: LstmState } {
    const gates = split(add(x, this.recurrence.apply(hidden)), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const [enter, keep, leave] = [sigmoid(gates[0]), sigmoid(gates[1]), sigmoid(gates[3])];
    const next = add(mul(keep, cell), mul(enter, tanh(gates[2]))) as Tensor2D;
    const output = mul(leave, tanh(next)) as Tensor2D;
    return { output, state: { hidden: output, cell: next } };
  }
}
