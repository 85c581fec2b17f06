import {
  type Activation,
  activationByName,
  dropout,
  LayerNorm,
  Linear,
  type LinearOptions,
  type MixContext,
  type Observe,
  type StateTree,
  scoped,
} from '@sequitur/core';
import { type BlockParts, PostNormBlock } from '@sequitur/transformer';
import { add, cast, concat, expandDims, mul, pad, slice, type Tensor3D } from '@tensorflow/tfjs-core';

export interface ConvolvedBlockParts<S extends StateTree> extends BlockParts<S> {
  readonly width: number;
  readonly kernelSize: number;
  readonly activation: string;
  readonly normEpsilon: number;
  readonly convolution: LinearOptions;
}

/** A post-norm block, to whose output a convolution of its input is added: norm(block(x) + activation(convolution(x))). */
export class ConvolvedBlock<S extends StateTree> extends PostNormBlock<S> {
  readonly convolution: Linear; // [kernelSize * width, width]
  readonly convolutionNorm: LayerNorm;
  readonly #kernelSize: number;
  readonly #activation: Activation;

  constructor(parts: ConvolvedBlockParts<S>) {
    super(parts);
    const { width, kernelSize } = parts;
    this.convolution = new Linear(kernelSize * width, width, parts.convolution);
    this.convolutionNorm = new LayerNorm(width, { epsilon: parts.normEpsilon });
    this.#kernelSize = kernelSize;
    this.#activation = activationByName(parts.activation);
  }

  override apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    return scoped(() => {
      const { output: inner, state: next } = super.apply(x, state, exceptOutput(context));
      const mask = context.attentionMask && expandDims(cast(context.attentionMask, 'float32'), 2);
      const masked = (values: Tensor3D) => (mask ? (mul(values, mask) as Tensor3D) : values);
      const convolved = masked(this.convolution.apply(this.#neighbours(x)));
      const active = this.#activation(dropout(convolved, this.dropout, context.random));
      const output = masked(this.convolutionNorm.apply(add(inner, active) as Tensor3D));
      context.observe?.('output', output);
      return { output, state: next };
    });
  }

  /** The vectors of each position and its neighbours: [batch, length, kernelSize * width]. */
  #neighbours(x: Tensor3D): Tensor3D {
    const [batch, length, width] = x.shape;
    const side = Math.floor((this.#kernelSize - 1) / 2);
    const padded = pad(x, [
      [0, 0],
      [side, side],
      [0, 0],
    ]);
    const shifts = Array.from({ length: this.#kernelSize }, (_, shift) => shift);
    return concat(
      shifts.map((shift) => slice(padded, [0, shift, 0], [batch, length, width])),
      2,
    ) as Tensor3D;
  }
}

/** The context without an observer of the output, which is not the block's. */
function exceptOutput({ observe, ...context }: MixContext): MixContext {
  if (!observe) return context;
  const rest: Observe = (name, tensor) => {
    if (name !== 'output') observe(name, tensor);
  };
  const { isObserved } = observe;
  return { ...context, observe: Object.assign(rest, { isObserved }) };
}
