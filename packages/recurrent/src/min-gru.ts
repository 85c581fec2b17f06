import {
  expectStateTensors,
  Linear,
  linearFlops,
  linearScan,
  linearScanCost,
  type MixContext,
  Module,
  type PartCost,
  type SequenceMixer,
  scoped,
  uniform,
} from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';
import type { RecurrentMixerOptions } from './lstm.js';

export type MinGruState = { readonly hidden: Tensor2D }; // [batch, hiddenWidth]

/**
 * minGRU (Feng et al. 2024, "Were RNNs all we needed?", section 3.1): gate and candidate do not depend on the state, so
 * that a linear scan computes all positions in parallel:
 *
 *     z = σ(W x + b)      h ← (1 - z) h + z (V x + c)
 *
 * Observable: `gates` [batch, length, hiddenWidth].
 */
export class MinGruMixer extends Module implements SequenceMixer<MinGruState> {
  readonly input: Linear; // [width, 2 * hiddenWidth]: gate and candidate
  readonly output: Linear; // [hiddenWidth, width]
  readonly hiddenWidth: number;

  constructor({ width, hiddenWidth = width }: RecurrentMixerOptions) {
    super();
    this.input = new Linear(width, 2 * hiddenWidth, { initializer: uniform(1 / Math.sqrt(width)) });
    this.output = new Linear(hiddenWidth, width, { initializer: uniform(1 / Math.sqrt(hiddenWidth)) });
    this.hiddenWidth = hiddenWidth;
  }

  initState(batchSize: number): MinGruState {
    return { hidden: zeros([batchSize, this.hiddenWidth]) };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const [projections, scan] = [linearFlops(this, length), linearScanCost(length, this.hiddenWidth)];
    return {
      flops: projections + scan.flops,
      gradientFlops: 2 * projections + scan.gradientFlops,
      stateBytes: 4 * this.hiddenWidth,
    };
  }

  mix(x: Tensor3D, state: MinGruState, context: MixContext): { output: Tensor3D; state: MinGruState } {
    const shape = [x.shape[0], this.hiddenWidth];
    expectStateTensors('MinGruMixer', state, { hidden: shape });
    const { hidden } = state;
    return scoped(() => {
      const [batch, length] = x.shape;
      const [gate, candidate] = split(this.input.apply(x), 2, 2) as [Tensor, Tensor];
      const open = sigmoid(gate);
      context.observe?.('gates', open);
      const { decay, entered } = governed(sub(1, open), mul(open, candidate), context);
      const states = linearScan(decay, entered, hidden);
      const last = reshape(slice(states, [0, length - 1, 0], [batch, 1, this.hiddenWidth]), [batch, this.hiddenWidth]);
      return { output: this.output.apply(states), state: { hidden: last as Tensor2D } };
    });
  }
}

/**
 * Applies the masks to a linear scan: padding leaves the state unchanged, and the state is reset where a sequence
 * begins.
 */
function governed(decay: Tensor, entered: Tensor, { attentionMask, resets }: MixContext) {
  const column = (mask: Tensor2D) => expandDims(cast(mask, 'float32'), 2);
  let [kept, added] = [decay, entered];
  if (attentionMask) {
    const real = column(attentionMask);
    kept = add(mul(kept, real), sub(1, real));
    added = mul(added, real);
  }
  if (resets) kept = mul(kept, sub(1, column(resets)));
  return { decay: kept as Tensor3D, entered: added as Tensor3D };
}
