import {
  type Context,
  dropout,
  type MixContext,
  Module,
  type Norm,
  type SequenceMixer,
  type StateTree,
  within,
} from '@sequitur/core';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';

/** A block, one layer of a stack: sequence and state in, sequence of the same shape and state out. */
export interface Block<S extends StateTree = StateTree> extends Module {
  initState(batchSize: number): S;
  /** x [batch, length >= 1, width] after the tokens of `state`, which stays valid. */
  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S };
}

/** A position-wise layer. */
export interface PositionwiseLayer extends Module {
  apply(x: Tensor3D, context?: Context): Tensor3D;
}

export interface BlockParts<S extends StateTree> {
  readonly mixerNorm: Norm;
  readonly mixer: SequenceMixer<S>;
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  /** Dropout rate of the mixer's output; default 0. */
  readonly dropout?: number;
}

/** The base class of blocks with one mixer and one position-wise layer. */
export abstract class MixingBlock<S extends StateTree> extends Module implements Block<S> {
  readonly mixerNorm: Norm;
  readonly mixer: SequenceMixer<S>;
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  /** Dropout rate of the mixer's output. */
  readonly dropout: number;

  constructor(parts: BlockParts<S>) {
    super();
    this.mixerNorm = parts.mixerNorm;
    this.mixer = parts.mixer;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForward = parts.feedForward;
    this.dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  abstract apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S };
}

/**
 * The pre-norm block: mixer and position-wise layer, each after a norm and with a residual connection (Radford et al.
 * 2019, section 2.3; Xiong et al. 2020, figure 1b):
 *
 *     x ← x + mixer(norm(x))
 *     x ← x + feedForward(norm(x))
 */
export class PreNormBlock<S extends StateTree> extends MixingBlock<S> {
  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(this.mixerNorm.apply(x), state, within(context, 'mixer'));
    const seen = add(x, dropout(mixed.output, this.dropout, context.random)) as Tensor3D;
    const output = add(
      seen,
      this.feedForward.apply(this.feedForwardNorm.apply(seen), within(context, 'feedForward')),
    ) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
