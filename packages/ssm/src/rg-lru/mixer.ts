import {
  costOfParts,
  expectNumber,
  expectStateTensors,
  geluTanh,
  Linear,
  linearScanCost,
  type MixContext,
  Module,
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
  cumsum,
  equal,
  expandDims,
  matMul,
  maximum,
  minimum,
  mul,
  ones,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { inverseSoftplus } from '../initializers.js';
import { rgLru } from '../ops/rg-lru/index.js';
import { ShortConvolution } from '../short-convolution.js';

export interface RgLruOptions {
  readonly width: number;
  /** Channels of the recurrence; default `width`. */
  readonly innerWidth?: number | undefined;
  /** Blocks of the gates' matrices; default 4. */
  readonly heads?: number | undefined;
  /** Kernel size of the convolution, in positions; default 4. */
  readonly kernelSize?: number | undefined;
  /** Factor on the initial output projection; default 1. */
  readonly outputScale?: number | undefined;
}

/** The state of an RG-LRU mixer, of constant size. */
export type RgLruState = {
  readonly convolution: Tensor3D; // [batch, kernelSize - 1, innerWidth]
  readonly hidden: Tensor2D; // [batch, innerWidth]
  readonly started: Tensor2D; // [batch, 1]: 1 once a token was read
};

/** Its sigmoid is 0. */
const CLOSED = -1e9;

/**
 * The recurrent block of Griffin (De et al. 2024, figure 2): a convolution and a real-gated linear recurrent unit on one
 * branch, GELU on the other; their product is projected. The first token of a sequence enters whole.
 *
 * Observable: `hidden` [batch, length, innerWidth].
 */
export class RgLruMixer extends Module implements SequenceMixer<RgLruState> {
  readonly input: Linear; // [width, innerWidth]
  readonly gate: Linear; // [width, innerWidth]
  readonly convolution: ShortConvolution;
  readonly inputGateWeight: Parameter; // [heads, innerWidth / heads, innerWidth / heads], as decayGateWeight
  readonly inputGateBias: Parameter; // [innerWidth], as decayGateBias
  readonly decayGateWeight: Parameter;
  readonly decayGateBias: Parameter;
  readonly decayRate: Parameter; // [innerWidth]
  readonly output: Linear; // [innerWidth, width]
  readonly heads: number;
  readonly innerWidth: number;

  constructor({ width, innerWidth = width, heads = 4, kernelSize = 4, outputScale = 1 }: RgLruOptions) {
    super();
    const divides = (count: number) => innerWidth % count === 0;
    expectNumber('RgLruMixer, heads', heads, `a divisor of the inner width ${innerWidth}`, divides);
    const from = (size: number, scale = 1) => ({ initializer: uniform(scale / Math.sqrt(size)) });
    const size = innerWidth / heads;
    this.heads = heads;
    this.innerWidth = innerWidth;
    this.input = new Linear(width, innerWidth, from(width));
    this.gate = new Linear(width, innerWidth, from(width));
    this.convolution = new ShortConvolution({ channels: innerWidth, kernelSize, bias: true, activation: 'linear' });
    this.inputGateWeight = new Parameter([heads, size, size], uniform(1 / Math.sqrt(size)));
    this.inputGateBias = new Parameter([innerWidth], zeroInitializer);
    this.decayGateWeight = new Parameter([heads, size, size], uniform(1 / Math.sqrt(size)));
    this.decayGateBias = new Parameter([innerWidth], zeroInitializer);
    this.decayRate = new Parameter([innerWidth], (shape, random) =>
      Float32Array.from({ length: shape[0]! }, () => rateOf(0.9 + 0.099 * random.uniform())),
    );
    this.output = new Linear(innerWidth, width, from(innerWidth, outputScale));
  }

  initState(batchSize: number): RgLruState {
    return {
      convolution: this.convolution.initState(batchSize),
      hidden: zeros([batchSize, this.innerWidth]),
      started: zeros([batchSize, 1]),
    };
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const rest = costOfParts(this, length); // Linears and the convolution
    const gates = (4 * length * this.innerWidth ** 2) / this.heads;
    const scan = linearScanCost(length, this.innerWidth);
    return {
      flops: rest.flops + gates + scan.flops,
      gradientFlops: rest.gradientFlops + 2 * gates + scan.gradientFlops,
      stateBytes: rest.stateBytes + 4 * (this.innerWidth + 1),
    };
  }

  mix(x: Tensor3D, state: RgLruState, context: MixContext): { output: Tensor3D; state: RgLruState } {
    const [batch, length] = x.shape;
    const before = this.convolution.weight.shape[0]! - 1;
    expectStateTensors('RgLruMixer', state, {
      ...{ convolution: [batch, before, this.innerWidth], hidden: [batch, this.innerWidth], started: [batch, 1] },
    });
    return scoped(() => {
      const real = context.attentionMask && (cast(context.attentionMask, 'float32') as Tensor2D);
      const convolved = this.convolution.apply(this.input.apply(x), state.convolution, context);
      const decayGate = this.#gate(convolved.y, this.decayGateWeight, this.decayGateBias);
      const { starts, started } = this.#starts(state.started, real ?? ones([batch, length]), context);
      const found = rgLru({
        ...{ x: convolved.y, inputGate: this.#gate(convolved.y, this.inputGateWeight, this.inputGateBias) },
        // At padding the gate is closed, so that all of the state is kept and nothing enters.
        decayGate: real ? closedAtPadding(decayGate, real) : decayGate,
        ...{ decayRate: this.decayRate.value, initialState: state.hidden, resets: starts },
      });
      context.observe?.('hidden', found.y);
      const output = this.output.apply(mul(found.y, geluTanh(this.gate.apply(x))) as Tensor3D);
      return { output, state: { convolution: convolved.state, hidden: found.state, started } };
    });
  }

  /** A block-diagonal projection. */
  #gate(x: Tensor3D, weight: Parameter, bias: Parameter): Tensor3D {
    const byHead = transpose(reshape(x, [-1, this.heads, this.innerWidth / this.heads]), [1, 0, 2]);
    const projected = transpose(matMul(byHead, weight.value), [1, 0, 2]);
    return add(reshape(projected, x.shape), bias.value);
  }

  /** 1 at the first token of each sequence [batch, length], and whether one was read by the end. */
  #starts(started: Tensor2D, real: Tensor2D, { resets }: MixContext) {
    const isFirst = mul(mul(cast(equal(cumsum(real, 1), 1), 'float32'), real), sub(1, started));
    const starts = (resets ? maximum(isFirst, cast(resets, 'float32')) : isFirst) as Tensor2D;
    return { starts, started: minimum(add(started, sum(real, 1, true)), 1) as Tensor2D };
  }
}

function closedAtPadding(gate: Tensor3D, real: Tensor2D): Tensor3D {
  const shown = expandDims(real, 2);
  return add(mul(gate, shown), mul(sub(1, shown) as Tensor, CLOSED));
}

/** Λ at which a step with an open gate keeps `kept` of the state squared (De et al. 2024, section 2.4). */
function rateOf(kept: number): number {
  return inverseSoftplus(-Math.log(kept) / 16);
}
