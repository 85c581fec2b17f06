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
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
  zeros,
} from '@tensorflow/tfjs-core';
import type { RecurrentMixerOptions } from './lstm.js';
import { unroll } from './unroll.js';

export type GruState = { readonly hidden: Tensor2D }; // [batch, hiddenWidth]

/**
 * Gated recurrent unit (Cho et al. 2014, section 2.3), its reset gate after the product, as PyTorch and cuDNN compute it:
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
    this.recurrence = new Linear(hiddenWidth, 3 * hiddenWidth, { initializer });
    this.output = new Linear(hiddenWidth, width, { initializer });
    this.hiddenWidth = hiddenWidth;
  }

  initState(batchSize: number): GruState {
    return { hidden: zeros([batchSize, this.hiddenWidth]) };
  }

  /** For one text of so many tokens. */
  cost(length: number): PartCost {
    const flops = linearFlops(this, length);
    // The state before the first token is given: no gradient goes to it.
    return { flops, gradientFlops: 2 * flops - linearFlops(this.recurrence, 1), stateBytes: 4 * this.hiddenWidth };
  }

  mix(x: Tensor3D, state: GruState, context: MixContext): { output: Tensor3D; state: GruState } {
    return scoped(() => {
      const found = unroll(this.input.apply(x), state, context, (gates, before) => this.#step(gates, before));
      return { output: this.output.apply(found.output), state: found.state };
    });
  }

  #step(x: Tensor2D, { hidden }: GruState): { output: Tensor2D; state: GruState } {
    const [fromInput, fromState] = [x, this.recurrence.apply(hidden)].map((gates) => split(gates, 3, 1)) as [
      Tensor[],
      Tensor[],
    ];
    const reset = sigmoid(add(fromInput[0]!, fromState[0]!));
    const keep = sigmoid(add(fromInput[1]!, fromState[1]!));
    const candidate = tanh(add(fromInput[2]!, mul(reset, fromState[2]!)));
    const output = add(mul(sub(1, keep), candidate), mul(keep, hidden)) as Tensor2D;
    return { output, state: { hidden: output } };
  }
}
