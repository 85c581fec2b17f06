import type { KeyValueCache, MultiHeadAttention } from '@sequitur/attention';
import { type Linear, type MixContext, Module, type Norm, SequiturError, scoped, within } from '@sequitur/core';
import type { Mamba2Mixer, Mamba2State } from '@sequitur/ssm';
import type { Block, PositionwiseLayer } from '@sequitur/transformer';
import { add, concat, type Tensor3D } from '@tensorflow/tfjs-core';

export interface HybridBlockParts {
  readonly attentionNorm: Norm; // [2 * width]
  readonly attention: MultiHeadAttention; // [2 * width] -> [width]
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  readonly link: Linear; // [width, width]
  readonly norm: Norm;
  readonly mixer: Mamba2Mixer;
}

export type HybridState = { readonly attention: KeyValueCache; readonly recurrence: Mamba2State };

/**
 * A Mamba-2 layer that also reads a transformer block (Glorioso et al. 2024, figure 2), whose input is that of the layer
 * next to the vectors e of the tokens:
 *
 *     t = link(feedForward(norm(attention(norm([x, e])))))
 *     x ← x + mixer(norm(x + t))
 */
export class HybridBlock extends Module implements Block<HybridState> {
  readonly attentionNorm: Norm;
  readonly attention: MultiHeadAttention;
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  readonly link: Linear;
  readonly norm: Norm;
  readonly mixer: Mamba2Mixer;

  constructor(parts: HybridBlockParts) {
    super();
    this.attentionNorm = parts.attentionNorm;
    this.attention = parts.attention;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForward = parts.feedForward;
    this.link = parts.link;
    this.norm = parts.norm;
    this.mixer = parts.mixer;
  }

  initState(batchSize: number): HybridState {
    return { attention: this.attention.initState(batchSize), recurrence: this.mixer.initState(batchSize) };
  }

  apply(x: Tensor3D, state: HybridState, context: MixContext): { output: Tensor3D; state: HybridState } {
    const { embedded } = context;
    if (!embedded) {
      throw new SequiturError({ where: 'HybridBlock', expected: 'a stack with token vectors', got: 'none' });
    }
    return scoped(() => {
      const read = this.attentionNorm.apply(concat([x, embedded], 2)) as Tensor3D;
      const attended = this.attention.mix(read, state.attention, within(context, 'attention'));
      const transformed = this.feedForward.apply(this.feedForwardNorm.apply(attended.output));
      const seen = add(x, this.link.apply(transformed)) as Tensor3D;
      const mixed = this.mixer.mix(this.norm.apply(seen), state.recurrence, within(context, 'mixer'));
      const output = add(x, mixed.output) as Tensor3D;
      context.observe?.('output', output);
      return { output, state: { attention: attended.state, recurrence: mixed.state } };
    });
  }
}
