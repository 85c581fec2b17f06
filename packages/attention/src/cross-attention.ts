import {
  linearFlops,
  type MixContext,
  type PartCost,
  refuseResets,
  type SequenceMixer,
  SequiturError,
} from '@sequitur/core';
import { cast, type Tensor2D, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { attentionFlops, attentionGradientFlops } from './attention-cost.js';
import { full } from './patterns/index.js';
import { ProjectedAttention } from './projected-attention.js';

/** The KV cache of cross-attention: keys and values of the source, computed once and read at every step. */
export type SourceCache = {
  readonly keys?: Tensor4D; // [batch, sourceLength, keyHeads, headSize]
  readonly values?: Tensor4D; // [batch, sourceLength, keyHeads, valueSize]
  /** Padding mask [batch, sourceLength], 0 at padding; absent where there is no padding. */
  readonly attentionMask?: Tensor2D;
};

/**
 * Cross-attention (Vaswani et al. 2017, section 3.2.3: encoder-decoder attention): queries of one sequence attend to
 * another. `read` makes the state from the source; `mix` leaves it unchanged.
 *
 * Observable: `weights` [batch, heads, length, sourceLength], computed only when observed.
 */
export class CrossAttention extends ProjectedAttention implements SequenceMixer<SourceCache> {
  /** An empty state; `mix` needs the one that `read` returns. */
  initState(_batchSize: number): SourceCache {
    return {};
  }

  /**
   * Computes keys and values of the source.
   *
   * @param source [batch, sourceLength, sourceWidth]
   * @param attentionMask [batch, sourceLength], 0 at padding
   * @returns the state for all later steps, which the caller disposes
   */
  read(
    source: Tensor3D,
    attentionMask?: Tensor2D,
  ): Required<Omit<SourceCache, 'attentionMask'>> & Pick<SourceCache, 'attentionMask'> {
    return {
      keys: tidy(() => this.keysOf(source)),
      values: tidy(() => this.valuesOf(source)),
      ...(attentionMask && { attentionMask: tidy(() => cast(attentionMask, 'float32').clone()) as Tensor2D }),
    };
  }

  /** Cost of `length` queries, without the part that depends on the length of the source, `costOfSource`. */
  cost(length: number): PartCost {
    const flops = linearFlops(this.query, length) + linearFlops(this.output, length);
    return { flops, gradientFlops: 2 * flops, stateBytes: 0 };
  }

  /** Cost that depends on the source: keys and values of `sourceLength` tokens, and their pairs with the queries. */
  costOfSource(sourceLength: number, queries: number): { readonly reading: number; readonly attending: PartCost } {
    const pairs = this.heads * queries * sourceLength;
    return {
      reading: linearFlops(this.key, sourceLength) + linearFlops(this.value, sourceLength),
      attending: {
        flops: pairs * attentionFlops(this),
        gradientFlops: pairs * attentionGradientFlops(this),
        stateBytes: 4 * sourceLength * this.keyHeads * (this.headSize + this.valueSize),
      },
    };
  }

  mix(x: Tensor3D, state: SourceCache, context: MixContext): { output: Tensor3D; state: SourceCache } {
    refuseResets('CrossAttention', context); // it is unknown which of the packed sequences belongs to which source
    const { keys, values, attentionMask } = state;
    if (!keys || !values) {
      throw new SequiturError({
        where: 'CrossAttention',
        expected: 'a state that holds a source',
        got: 'an empty one',
        fix: 'Start from the state that read(source) returns',
      });
    }
    const options = { pattern: full(), attentionMask };
    return { output: tidy(() => this.attend(this.queriesOf(x), keys, values, options, context)), state };
  }
}
