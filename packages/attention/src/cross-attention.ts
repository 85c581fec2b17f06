import { linearFlops, type MixContext, type PartCost, type SequenceMixer, SequiturError } from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from './attention-cost.js';
import { full } from './patterns/index.js';
import { ProjectedAttention } from './projected-attention.js';

/** The keys and values of a source, computed once and read at every step. */
export type SourceMemory = {
  readonly keys?: Tensor4D; // [batch, sourceLength, keyHeads, headSize]
  readonly values?: Tensor4D; // [batch, sourceLength, keyHeads, valueSize]
  /** [batch, sourceLength], 0 at padding; absent while all is real. */
  readonly attentionMask?: Tensor2D;
};

/**
 * Attention to another text (Vaswani et al. 2017, section 3.2.3: encoder-decoder attention). `read` makes the state
 * from the source; mixing leaves it as it is.
 *
 * Observable: `weights` [batch, heads, length, sourceLength], computed only when somebody observes.
 */
export class CrossAttention extends ProjectedAttention implements SequenceMixer<SourceMemory> {
  /** No source read yet: `mix` needs what `read` gives. */
  initState(_batchSize: number): SourceMemory {
    return {};
  }

  /**
   * @param source [batch, sourceLength, sourceWidth]
   * @param visible [batch, sourceLength], 0 at padding
   * @returns the state for all that follows, which the caller disposes
   */
  read(
    source: Tensor3D,
    attentionMask?: Tensor2D,
  ): Required<Omit<SourceMemory, 'attentionMask'>> & Pick<SourceMemory, 'attentionMask'> {
    return {
      keys: tidy(() => this.keysOf(source)),
      values: tidy(() => this.valuesOf(source)),
      ...(attentionMask && { attentionMask: tidy(() => cast(attentionMask, 'float32').clone()) as Tensor2D }),
    };
  }

  /** Of so many tokens that look at the source, beside what depends on its length. */
  cost(length: number): PartCost {
    const flops = linearFlops(this.query, length) + linearFlops(this.output, length);
    return { flops, gradientFlops: 2 * flops, stateBytes: 0 };
  }

  /** Of keys and values of a source, and of their pairs with so many queries: what `cost` leaves out. */
  costOfSource(sourceLength: number, queries: number): { readonly reading: number; readonly looking: PartCost } {
    const pairs = this.heads * queries * sourceLength;
    return {
      reading: linearFlops(this.key, sourceLength) + linearFlops(this.value, sourceLength),
      looking: {
        flops: pairs * attentionFlops(this),
        gradientFlops: pairs * attentionGradientFlops(this),
        stateBytes: 4 * sourceLength * this.keyHeads * (this.headSize + this.valueSize),
      },
    };
  }

  mix(x: Tensor3D, state: SourceMemory, context: MixContext): { output: Tensor3D; state: SourceMemory } {
    const { keys, values, attentionMask } = state;
    if (!keys || !values) {
      throw new SequiturError({
        where: 'CrossAttention',
        expected: 'a state with a source',
        got: 'an empty one',
        fix: 'Start from what read(source) returns',
      });
    }
    const options = { pattern: full(), attentionMask };
    return { output: tidy(() => this.attend(this.queriesOf(x), keys, values, options, context)), state };
  }
}
