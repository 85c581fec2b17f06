import { disposeState, type Linear, type MixContext, Module, type Norm, scoped, within } from '@sequitur/core';
import {
  cast,
  div,
  expandDims,
  mean,
  mul,
  type Rank,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { Block } from '../block.js';
import { TokenEmbedding } from '../token-embedding.js';

export interface SequenceClassifierParts {
  /** The input layer, for features [batch, length, inputs] or tokens int32 [batch, length]. */
  readonly input: Linear | TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm?: Norm;
  /** Pooling: the mean over real positions (the default), or the last one. */
  readonly pooling?: 'mean' | 'last';
  readonly head: Linear; // [width, classes]
}

/**
 * A classifier of whole sequences: input, blocks, norm, pooling, head. Mixers may be causal or bidirectional
 * (`BidirectionalMixer`).
 *
 * Observable: `input`, `blocks.<i>.output`, the values of the mixers below `blocks.<i>.mixer`, and `pooled`.
 */
export class SequenceClassifier extends Module {
  readonly input: Linear | TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm | null;
  readonly head: Linear;
  readonly #pooling: 'mean' | 'last';

  constructor({ input, blocks, norm, pooling = 'mean', head }: SequenceClassifierParts) {
    super();
    this.input = input;
    this.blocks = blocks;
    this.norm = norm ?? null;
    this.head = head;
    this.#pooling = pooling;
  }

  /**
   * Classifies sequences: features [batch, length, inputs] or tokens int32 [batch, length] -> logits [batch, classes],
   * which the caller disposes. Right padding requires mean pooling.
   */
  classify(x: Tensor<Rank.R2 | Rank.R3>, context: MixContext = {}): Tensor2D {
    return scoped(() => {
      let values =
        this.input instanceof TokenEmbedding
          ? this.input.apply(x as Tensor2D, 0, context)
          : this.input.apply(x as Tensor3D);
      context.observe?.('input', values);
      for (const [index, block] of this.blocks.entries()) {
        const start = block.initState(x.shape[0]);
        const { output, state } = block.apply(values, start, within(context, `blocks.${index}`));
        disposeState(state);
        values = output;
      }
      const pooled = this.#pool(this.norm ? this.norm.apply(values) : values, context);
      context.observe?.('pooled', pooled);
      return this.head.apply(pooled);
    });
  }

  #pool(x: Tensor3D, { attentionMask }: MixContext): Tensor2D {
    const [batch, length, width] = x.shape;
    if (this.#pooling === 'last') return reshape(slice(x, [0, length - 1, 0], [batch, 1, width]), [batch, width]);
    if (!attentionMask) return mean(x, 1);
    const weights = expandDims(cast(attentionMask, 'float32'), 2);
    return div(sum(mul(x, weights), 1), sum(weights, 1)) as Tensor2D;
  }
}
