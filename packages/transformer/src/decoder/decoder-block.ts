import type { CrossAttention, SourceCache } from '@sequitur/attention';
import {
  dropout,
  type MixContext,
  Module,
  type Norm,
  type SequenceMixer,
  type StateTree,
  within,
} from '@sequitur/core';
import { add, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { BlockParts, PositionwiseLayer } from '../block.js';

/** The encoded source of a decoder. */
export interface Source {
  readonly hidden: Tensor3D; // [batch, sourceLength, width]
  /** Padding mask [batch, sourceLength], 0 at padding; absent: no padding. */
  readonly attentionMask?: Tensor2D | undefined;
}

/** The state of self-attention, and the cache of cross-attention. */
export type DecoderBlockState = { readonly mixer: StateTree; readonly source: SourceCache };

/** A decoder block: self-attention, cross-attention to the source, and a feed-forward layer. */
export interface DecoderBlock extends Module {
  readonly cross: CrossAttention;
  /** The state before the first token; keys and values of the source are computed here, once. */
  initState(batchSize: number, source: Source): DecoderBlockState;
  /** x [batch, length >= 1, width] after the tokens of `state`, which stays valid. */
  apply(x: Tensor3D, state: DecoderBlockState, context: MixContext): { output: Tensor3D; state: DecoderBlockState };
}

export interface DecoderBlockParts extends BlockParts<StateTree> {
  readonly crossNorm: Norm;
  readonly cross: CrossAttention;
}

/** The base class of pre-norm and post-norm decoder blocks. */
abstract class CrossBlock extends Module implements DecoderBlock {
  readonly mixerNorm: Norm;
  readonly mixer: SequenceMixer;
  readonly crossNorm: Norm;
  readonly cross: CrossAttention;
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  readonly #dropout: number;

  constructor(parts: DecoderBlockParts) {
    super();
    this.mixerNorm = parts.mixerNorm;
    this.mixer = parts.mixer;
    this.crossNorm = parts.crossNorm;
    this.cross = parts.cross;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForward = parts.feedForward;
    this.#dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number, { hidden, attentionMask }: Source): DecoderBlockState {
    return { mixer: this.mixer.initState(batchSize), source: this.cross.read(hidden, attentionMask) };
  }

  abstract apply(
    x: Tensor3D,
    state: DecoderBlockState,
    context: MixContext,
  ): { output: Tensor3D; state: DecoderBlockState };

  /** The residual connection, with dropout. */
  protected added(x: Tensor3D, made: Tensor3D, { random }: MixContext): Tensor3D {
    return add(x, dropout(made, this.#dropout, random)) as Tensor3D;
  }
}

/**
 * The pre-norm decoder block (Xiong et al. 2020, figure 1b), as in T5 and Pegasus:
 *
 *     x ← x + mixer(norm(x))
 *     x ← x + cross(norm(x), source)
 *     x ← x + feedForward(norm(x))
 */
export class PreNormDecoderBlock extends CrossBlock {
  apply(x: Tensor3D, state: DecoderBlockState, context: MixContext) {
    const mixed = this.mixer.mix(this.mixerNorm.apply(x), state.mixer, within(context, 'mixer'));
    const seen = this.added(x, mixed.output, context);
    const found = this.cross.mix(this.crossNorm.apply(seen), state.source, crossContext(context)).output;
    const read = this.added(seen, found, context);
    const output = add(
      read,
      this.feedForward.apply(this.feedForwardNorm.apply(read), within(context, 'feedForward')),
    ) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: { mixer: mixed.state, source: state.source } };
  }
}

/**
 * The post-norm decoder block (Vaswani et al. 2017, section 3.1), as in BART and Marian:
 *
 *     x ← norm(x + mixer(x))
 *     x ← norm(x + cross(x, source))
 *     x ← norm(x + feedForward(x))
 */
export class PostNormDecoderBlock extends CrossBlock {
  apply(x: Tensor3D, state: DecoderBlockState, context: MixContext) {
    const mixed = this.mixer.mix(x, state.mixer, within(context, 'mixer'));
    const seen = this.mixerNorm.apply(this.added(x, mixed.output, context));
    const found = this.cross.mix(seen, state.source, crossContext(context)).output;
    const read = this.crossNorm.apply(this.added(seen, found, context));
    const output = this.feedForwardNorm.apply(
      add(read, this.feedForward.apply(read, within(context, 'feedForward'))) as Tensor3D,
    );
    context.observe?.('output', output);
    return { output, state: { mixer: mixed.state, source: state.source } };
  }
}

/** The padding mask of the target does not apply to the source, whose mask is in the state. */
function crossContext({ random, observe }: MixContext): MixContext {
  return within({ random, observe }, 'cross');
}
