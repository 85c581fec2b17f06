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

/** An encoded text for a decoder to look at. */
export interface Source {
  readonly hidden: Tensor3D; // [batch, sourceLength, width]
  /** [batch, sourceLength], 0 at padding; absent: all real. */
  readonly attentionMask?: Tensor2D | undefined;
}

/** What the block's own mixer remembers, and what it reads of the source. */
export type DecoderBlockState = { readonly mixer: StateTree; readonly source: SourceCache };

/** One layer of a decoder: reads what came before, then the source, and writes a sequence of the same shape. */
export interface DecoderBlock extends Module {
  readonly cross: CrossAttention;
  /** The state before the first token; what is needed of the source is computed here, once. */
  initState(batchSize: number, source: Source): DecoderBlockState;
  /** x [batch, length >= 1, width] after all that `state` has seen. `state` stays valid. */
  apply(x: Tensor3D, state: DecoderBlockState, context: MixContext): { output: Tensor3D; state: DecoderBlockState };
}

export interface DecoderBlockParts extends BlockParts<StateTree> {
  readonly crossNorm: Norm;
  readonly cross: CrossAttention;
}

/** What both orders of norms and sums have in common. */
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

  /** x + what a part made of it, with dropout. */
  protected added(x: Tensor3D, made: Tensor3D, { random }: MixContext): Tensor3D {
    return add(x, dropout(made, this.#dropout, random)) as Tensor3D;
  }
}

/**
 * A decoder layer that normalises before each part (Xiong et al. 2020, figure 1b), as in T5 and Pegasus:
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
    const output = add(read, this.feedForward.apply(this.feedForwardNorm.apply(read), context)) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: { mixer: mixed.state, source: state.source } };
  }
}

/**
 * A decoder layer that normalises each sum (Vaswani et al. 2017, section 3.1), as in BART and Marian:
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
    const output = this.feedForwardNorm.apply(add(read, this.feedForward.apply(read, context)) as Tensor3D);
    context.observe?.('output', output);
    return { output, state: { mixer: mixed.state, source: state.source } };
  }
}

/** Padding of the target does not concern the source, whose own lies in the state. */
function crossContext({ random, observe }: MixContext): MixContext {
  return within({ random, observe }, 'cross');
}
