import {
  costOfParts,
  expectNumber,
  expectStateTensors,
  Linear,
  layerNorm,
  type MixContext,
  Module,
  ones,
  Parameter,
  type PartCost,
  type SequenceMixer,
  scoped,
  uniform,
  zeros as zeroInitializer,
} from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  mul,
  neg,
  ones as onesTensor,
  reshape,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tanh,
  tensor,
  zeros,
} from '@tensorflow/tfjs-core';
import { masked, unitVectors } from '../matrix-state/mixer.js';
import { causalConvolution } from '../ops/causal-convolution/index.js';
import { deltaRuleCost } from '../ops/delta-rule/cost.js';
import { generalizedDeltaRule } from '../ops/delta-rule/index.js';
import { paddedConvolution } from '../padded-convolution.js';

export interface Rwkv7Options {
  readonly width: number;
  readonly heads: number;
  /** Rank of the projections of decay, learning rate and gate; default 32, at most the width. */
  readonly rank?: number | undefined;
  /** Factor on the initial output projection; default 1. */
  readonly outputScale?: number | undefined;
}

/** The state of an RWKV-7 mixer, of constant size. */
export type Rwkv7State = {
  readonly shift: Tensor3D; // [batch, 1, width]: the last token
  readonly matrix: Tensor4D; // [batch, heads, size, size]
};

/** Blends of the token before, in this order. */
const PARTS = ['receptance', 'decay', 'key', 'value', 'rate', 'gate'] as const;
/** The decay of a step is at least e^-LARGEST. */
const LARGEST = Math.exp(-0.5);

/**
 * The time mixing of RWKV-7 (Peng et al. 2025, section 4.1): each input is blended with the one before it; the state decays row
 * by row, what it holds under the removal key is taken out at a rate that depends on the input, and the value is written under
 * the replacement key. A norm for each head, a bonus for the position itself and a gate come last.
 *
 * Observable: `logDecays` and `learningRates` [batch, length, heads, size].
 */
export class Rwkv7Mixer extends Module implements SequenceMixer<Rwkv7State> {
  readonly blends: Parameter; // [6, width]: share of the token before
  readonly receptance: Linear; // [width, width], as key, value and output
  readonly key: Linear;
  readonly value: Linear;
  readonly decayDown: Linear; // [width, rank], as the other two
  readonly decayUp: Linear; // [rank, width] with a bias
  readonly rateDown: Linear;
  readonly rateUp: Linear;
  readonly gateDown: Linear;
  readonly gateUp: Linear; // [rank, width]
  readonly removalScale: Parameter; // [width]
  readonly replacementScale: Parameter; // [width]
  readonly bonus: Parameter; // [heads, size]
  readonly normWeight: Parameter; // [width]
  readonly normBias: Parameter; // [width]
  readonly output: Linear;
  readonly width: number;
  readonly heads: number;

  constructor({ width, heads, rank = Math.min(32, width), outputScale = 1 }: Rwkv7Options) {
    super();
    expectNumber('Rwkv7Mixer, heads', heads, `a divisor of the width ${width}`, (n) => width % n === 0);
    this.width = width;
    this.heads = heads;
    const from = (size: number, bias = false, scale = 1) => ({ bias, initializer: uniform(scale / Math.sqrt(size)) });
    this.blends = new Parameter([PARTS.length, width], uniform(0.5));
    this.receptance = new Linear(width, width, from(width));
    this.key = new Linear(width, width, from(width));
    this.value = new Linear(width, width, from(width));
    this.decayDown = new Linear(width, rank, from(width));
    this.decayUp = new Linear(rank, width, from(rank, true));
    this.rateDown = new Linear(width, rank, from(width));
    this.rateUp = new Linear(rank, width, from(rank, true));
    this.gateDown = new Linear(width, rank, from(width));
    this.gateUp = new Linear(rank, width, from(rank));
    this.removalScale = new Parameter([width], ones);
    this.replacementScale = new Parameter([width], ones);
    this.bonus = new Parameter([heads, width / heads], zeroInitializer);
    this.normWeight = new Parameter([width], ones);
    this.normBias = new Parameter([width], zeroInitializer);
    this.output = new Linear(width, width, from(width, false, outputScale));
  }

  initState(batchSize: number): Rwkv7State {
    const size = this.width / this.heads;
    return { shift: zeros([batchSize, 1, this.width]), matrix: zeros([batchSize, this.heads, size, size]) };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const size = this.width / this.heads;
    const rest = costOfParts(this, length);
    const rule = deltaRuleCost(length, { heads: this.heads, keySize: size, valueSize: size }, 'lowRank');
    const shift = 4 * length * this.width; // a convolution of two positions
    return {
      flops: rest.flops + rule.flops + shift,
      gradientFlops: rest.gradientFlops + rule.gradientFlops + 2 * shift,
      stateBytes: 4 * this.width * (size + 1),
    };
  }

  mix(x: Tensor3D, state: Rwkv7State, context: MixContext): { output: Tensor3D; state: Rwkv7State } {
    const [batch, length] = x.shape;
    const { heads, width } = this;
    const size = width / heads;
    expectStateTensors('Rwkv7Mixer', state, { shift: [batch, 1, width], matrix: [batch, heads, size, size] });
    return scoped(() => {
      const real = context.attentionMask && (expandDims(cast(context.attentionMask, 'float32'), 2) as Tensor3D);
      const resets = context.resets && (cast(context.resets, 'float32') as Tensor2D);
      const { y: before, state: shift } = shifted(x, state.shift, context.attentionMask, resets);
      const blended = PARTS.map((_, i) => this.#blend(x, before, i));
      const ofHeads = (part: Tensor) => reshape(part, [batch, length, heads, size]) as Tensor4D;
      const [receptance, key, value] = [
        this.receptance.apply(blended[0]!),
        masked(this.key.apply(blended[2]!), real),
        this.value.apply(blended[3]!),
      ];
      const logDecay = masked(
        mul(sigmoid(this.decayUp.apply(tanh(this.decayDown.apply(blended[1]!)))), -LARGEST),
        real,
      );
      const rate = sigmoid(this.rateUp.apply(this.rateDown.apply(blended[4]!)));
      const removal = unitVectors(ofHeads(mul(key, this.removalScale.value)));
      const replaced = mul(key, add(mul(sub(rate, 1), this.replacementScale.value), 1));
      context.observe?.('logDecays', ofHeads(logDecay));
      context.observe?.('learningRates', ofHeads(rate));
      const found = generalizedDeltaRule({
        ...{ query: ofHeads(receptance), key: ofHeads(replaced), value: ofHeads(value), logDecay: ofHeads(logDecay) },
        ...{ removal: neg(removal) as Tensor4D, replacement: mul(removal, ofHeads(rate)) as Tensor4D },
        ...{ initialState: state.matrix, resets },
      });
      const asked = mul(mul(ofHeads(receptance), ofHeads(replaced)), this.bonus.value);
      const bonus = mul(sum(asked, -1, true), ofHeads(value));
      const mixed = add(this.#normed(found.y), reshape(bonus, x.shape));
      const gate = this.gateUp.apply(sigmoid(this.gateDown.apply(blended[5]!)));
      return { output: this.output.apply(mul(mixed, gate) as Tensor3D), state: { shift, matrix: found.state } };
    });
  }

  #blend(x: Tensor3D, before: Tensor3D, index: number): Tensor3D {
    const share = reshape(slice(this.blends.value, [index, 0], [1, -1]), [this.width]);
    return add(x, mul(sub(before, x), share));
  }

  /** Each head's output, normed, as [batch, length, width]. */
  #normed(y: Tensor4D): Tensor3D {
    const size = this.width / this.heads;
    const normed = layerNorm(y, onesTensor([size]), zeros([size]), size * 1e-5);
    const [batch, length] = y.shape;
    return add(mul(reshape(normed, [batch, length, this.width]), this.normWeight.value), this.normBias.value);
  }
}

/** The token before each, within its sequence and without padding. */
function shifted(x: Tensor3D, state: Tensor3D, mask: Tensor2D | undefined, resets: Tensor2D | undefined) {
  const width = x.shape[2];
  const weight = tensor(
    Float32Array.from({ length: 2 * width }, (_, i) => (i < width ? 1 : 0)),
    [2, width],
  );
  const convolution = { x, weight: weight as Tensor2D, state, resets };
  return mask ? paddedConvolution(convolution, 'none', mask) : causalConvolution(convolution, 'none');
}
