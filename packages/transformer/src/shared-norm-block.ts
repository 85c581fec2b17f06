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
 * A parallel block with one norm (Wang and Komatsuzaki 2021, "GPT-J-6B"):
 *
 *     n = norm(x)
 *     x ← x + mixer(n) + feedForward(n)
 */
export class SharedNormBlock<S extends StateTree> extends Module implements Block<S> {
  readonly norm: Norm;
  readonly mixer: SequenceMixer<S>;
  readonly feedForward: PositionwiseLayer;
  /** Dropout rate of the mixer's output. */
  readonly dropout: number;

  constructor(parts: Pick<BlockParts<S>, 'mixer' | 'feedForward' | 'dropout'> & { readonly norm: Norm }) {
    super();
    this.norm = parts.norm;
    this.mixer = parts.mixer;
    this.feedForward = parts.feedForward;
    this.dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const normal = this.norm.apply(x);
    const mixed = this.mixer.mix(normal, state, within(context, 'mixer'));
    const transformed = this.feedForward.apply(normal, within(context, 'feedForward'));
    const output = add(add(transformed, dropout(mixed.output, this.dropout, context.random)), x) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
