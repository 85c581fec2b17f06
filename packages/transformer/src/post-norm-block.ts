import {
  dropout,
  type MixContext,
  Module,
  type Norm,
  type SequenceMixer,
  type StateTree,
  within,
} from '@sequitur/core';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block, BlockParts, PositionwiseLayer } from './block.js';

/**
 * Mixes along the sequence, then transforms each position, and normalises each sum (Vaswani et al. 2017, section 3.1):
 *
 *     x ← norm(x + mixer(x))
 *     x ← norm(x + feedForward(x))
 */
export class PostNormBlock<S extends StateTree> extends Module implements Block<S> {
  readonly mixer: SequenceMixer<S>;
  readonly mixerNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  readonly feedForwardNorm: Norm;
  readonly #dropout: number;

  constructor(parts: BlockParts<S>) {
    super();
    this.mixer = parts.mixer;
    this.mixerNorm = parts.mixerNorm;
    this.feedForward = parts.feedForward;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.#dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(x, state, within(context, 'mixer'));
    const seen = this.mixerNorm.apply(add(x, dropout(mixed.output, this.#dropout, context.random)) as Tensor3D);
    const output = this.feedForwardNorm.apply(add(seen, this.feedForward.apply(seen, context)) as Tensor3D);
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
