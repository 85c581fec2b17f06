import {
  costOfParts,
  expectNumber,
  expectStateTensors,
  Linear,
  type MixContext,
  Module,
  ones,
  Parameter,
  type PartCost,
  rmsNorm,
  type SequenceMixer,
  scoped,
  silu,
  uniform,
} from '@sequitur/core';
import {
  add,
  cast,
  expandDims,
  mul,
  ones as onesTensor,
  reshape,
  rsqrt,
  split,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';
import { ShortConvolution } from '../short-convolution.js';

/** Sizes of a mixer whose state is a matrix for each head. */
export interface MatrixStateOptions {
  readonly width: number;
  /** Number of heads, each with a state [keySize, valueSize]. */
  readonly heads: number;
  /** Number of query and key heads, each shared by neighbouring heads; default `heads`. */
  readonly keyHeads?: number | undefined;
  /** Size of a head's query and key. */
  readonly keySize: number;
  /** Size of a head's value; default `keySize`. */
  readonly valueSize?: number | undefined;
  /** Kernel size of the short convolution of queries, keys and values, in positions; 0: none. Default 4. */
  readonly kernelSize?: number | undefined;
  /** Epsilon of the norms; default 1e-5. */
  readonly normEpsilon?: number | undefined;
  /** Factor on the initial output projection; default 1. */
  readonly outputScale?: number | undefined;
}

/** The resolved sizes. */
export type MatrixStateSizes = { readonly [Key in keyof MatrixStateOptions]-?: number };

/** Queries, keys, values and masks of a chunk. */
export interface HeadVectors {
  /** [batch, length, heads, keySize], as `key`; 0 at padding, like all others. */
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  /** [batch, length, heads, valueSize] */
  readonly value: Tensor4D;
  /** The input of the mixer, [batch, length, width]. */
  readonly x: Tensor3D;
  /** Padding mask, float32 [batch, length, 1], 1 at real tokens. */
  readonly real: Tensor3D | undefined;
  /** float32 [batch, length], 1 at the first position of each packed sequence. */
  readonly resets: Tensor2D | undefined;
}

/** The states of a recurrence by name, without that of the convolution. */
export type MatrixStates = { readonly [name: string]: Tensor };

/** The state of a mixer with matrix states, of constant size. */
export type MatrixState = { readonly [name: string]: Tensor };

/**
 * The base class of mixers whose state is a matrix for each head, to which keys write values and from which queries
 * read. One projection computes queries, keys, values and an output gate; the first three pass through a short
 * convolution; the recurrence, defined by a subclass, computes the output of each head, which is normalised and gated.
 * Padding does not affect the result.
 */
export abstract class MatrixStateMixer extends Module implements SequenceMixer<MatrixState> {
  readonly input: Linear; // [width, keyHeads * 2 * keySize + heads * 2 * valueSize]: query, key, value, output gate
  readonly convolution: ShortConvolution | null;
  readonly normWeight: Parameter; // [valueSize]
  readonly output: Linear; // [heads * valueSize, width]
  readonly sizes: MatrixStateSizes;

  constructor(options: MatrixStateOptions) {
    super();
    const { keySize, heads, keyHeads = heads, valueSize = keySize, kernelSize = 4 } = options;
    const { width, normEpsilon = 1e-5, outputScale = 1 } = options;
    expectNumber(
      `${this.constructor.name}, keyHeads`,
      keyHeads,
      `a divisor of the ${heads} heads`,
      (n) => heads % n === 0,
    );
    this.sizes = { width, heads, keyHeads, keySize, valueSize, kernelSize, normEpsilon, outputScale };
    const channels = 2 * keyHeads * keySize + heads * valueSize;
    const initializer = uniform(1 / Math.sqrt(width));
    this.input = new Linear(width, channels + heads * valueSize, { bias: false, initializer });
    this.convolution = kernelSize
      ? new ShortConvolution({ channels, kernelSize, bias: false, activation: 'silu' })
      : null;
    this.normWeight = new Parameter([valueSize], ones);
    const limit = outputScale / Math.sqrt(heads * valueSize);
    this.output = new Linear(heads * valueSize, width, { bias: false, initializer: uniform(limit) });
  }

  /** Shapes of the states of one sequence, by name. */
  protected abstract stateShapes(): Readonly<Record<string, readonly number[]>>;

  /** The recurrence: y [batch, length, heads, valueSize], and the next states. */
  protected abstract recur(
    vectors: HeadVectors,
    state: MatrixStates,
    context: MixContext,
  ): { y: Tensor; state: MatrixStates };

  /** Operations of the recurrence for one sequence. */
  protected abstract recurrenceCost(length: number): Pick<PartCost, 'flops' | 'gradientFlops'>;

  /** The output gate's activation. */
  protected gated(gate: Tensor): Tensor {
    return silu(gate);
  }

  initState(batchSize: number): MatrixState {
    return {
      ...(this.convolution && { convolution: this.convolution.initState(batchSize) }),
      ...this.emptyStates(batchSize),
    };
  }

  /** The states before the first position. */
  protected emptyStates(batchSize: number): MatrixStates {
    return Object.fromEntries(
      Object.entries(this.stateShapes()).map(([name, shape]) => [name, zeros([batchSize, ...shape])]),
    );
  }

  /** Cost of `length` tokens of one sequence. */
  cost(length: number): PartCost {
    const rest = costOfParts(this, length); // Linears and the convolution
    const recurrence = this.recurrenceCost(length);
    const elements = Object.values(this.stateShapes()).reduce(
      (total, shape) => total + shape.reduce((a, b) => a * b, 1),
      0,
    );
    return {
      flops: rest.flops + recurrence.flops,
      gradientFlops: rest.gradientFlops + recurrence.gradientFlops,
      stateBytes: rest.stateBytes + 4 * elements,
    };
  }

  mix(x: Tensor3D, state: MatrixState, context: MixContext): { output: Tensor3D; state: MatrixState } {
    const [batch, length] = x.shape;
    this.#expectState(state, batch);
    return scoped(() => {
      const { heads, keyHeads, keySize, valueSize, normEpsilon } = this.sizes;
      const real = context.attentionMask && (expandDims(cast(context.attentionMask, 'float32'), 2) as Tensor3D);
      const resets = context.resets && (cast(context.resets, 'float32') as Tensor2D);
      const keyWidth = keyHeads * keySize;
      const [mixed, gate] = split(this.input.apply(x), [2 * keyWidth + heads * valueSize, heads * valueSize], 2);
      const convolved = this.#convolve(mixed as Tensor3D, state, context, real);
      const [query, key, value] = split(convolved.y, [keyWidth, keyWidth, heads * valueSize], 2);
      const ofHeads = (part: Tensor) => sharedByHeads(reshape(part, [batch, length, keyHeads, keySize]), heads);
      const vectors = {
        ...{ query: ofHeads(query!), key: ofHeads(key!), x, real, resets },
        value: reshape(value!, [batch, length, heads, valueSize]) as Tensor4D,
      };
      const found = this.recur(vectors, state, context);
      const normed = rmsNorm(found.y, this.normWeight.value, normEpsilon);
      const output = this.output.apply(mul(reshape(normed, gate!.shape), this.gated(gate!)) as Tensor3D);
      return { output, state: { ...(convolved.state && { convolution: convolved.state }), ...found.state } };
    });
  }

  #convolve(mixed: Tensor3D, state: MatrixState, context: MixContext, real: Tensor3D | undefined) {
    if (this.convolution) return this.convolution.apply(mixed, state.convolution as Tensor3D, context);
    return { y: masked(mixed, real), state: null };
  }

  #expectState(state: MatrixState, batch: number): void {
    const { heads, keyHeads, keySize, valueSize, kernelSize } = this.sizes;
    const shapes = Object.entries(this.stateShapes()).map(([name, shape]) => [name, [batch, ...shape]]);
    expectStateTensors(this.constructor.name, state, {
      ...(kernelSize && { convolution: [batch, kernelSize - 1, 2 * keyHeads * keySize + heads * valueSize] }),
      ...(Object.fromEntries(shapes) as Record<string, number[]>),
    });
  }
}

/** Values [batch, length, ...], 0 at padding. */
export function masked<T extends Tensor>(values: T, real: Tensor3D | undefined): T {
  if (!real) return values;
  return mul(values, reshape(real, [...real.shape.slice(0, 2), ...values.shape.slice(2).map(() => 1)])) as T;
}

/** Vectors of length 1: x / sqrt(x² + ε). */
export function unitVectors(x: Tensor4D, epsilon = 1e-6): Tensor4D {
  return mul(x, rsqrt(add(sum(square(x), -1, true), epsilon)));
}

/** [batch, length, keyHeads, size] -> [batch, length, heads, size]: each for the neighbouring heads that share it. */
function sharedByHeads(x: Tensor4D, heads: number): Tensor4D {
  const [batch, length, keyHeads, size] = x.shape;
  if (keyHeads === heads) return x;
  const repeated = mul(reshape(x, [batch * length * keyHeads, 1, size]), onesTensor([1, heads / keyHeads, 1]));
  return reshape(repeated, [batch, length, heads, size]);
}
