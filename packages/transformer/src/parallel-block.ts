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
 * Mixes and transforms the same input side by side (Wang and Komatsuzaki 2021; GPT-NeoX):
 *
 *     x ← x + mixer(norm₁(x)) + feedForward(norm₂(x))
 */
export class ParallelBlock<S extends StateTree> extends Module implements Block<S> {
  readonly mixerNorm: Norm;
  readonly mixer: SequenceMixer<S>;
  readonly feedForwardNorm: Norm;
  readonly feedForward: PositionwiseLayer;
  readonly #dropout: number;

  constructor(parts: BlockParts<S>) {
    super();
    this.mixerNorm = parts.mixerNorm;
    this.mixer = parts.mixer;
    this.feedForwardNorm = parts.feedForwardNorm;
    this.feedForward = parts.feedForward;
    this.#dropout = parts.dropout ?? 0;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(this.mixerNorm.apply(x), state, within(context, 'mixer'));
    const transformed = this.feedForward.apply(this.feedForwardNorm.apply(x), context);
    const output = add(add(transformed, dropout(mixed.output, this.#dropout, context.random)), x) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
