import {
  dropout,
  type MixContext,
  Module,
  type Norm,
  type SequenceMixer,
  type StateTree,
  within,
} from '@sequitur/core';
import { add, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { Block } from './block.js';

export interface MixerBlockParts<S extends StateTree> {
  readonly norm: Norm;
  readonly mixer: SequenceMixer<S>;
  /** Dropout rate of the mixer's output; default 0. */
  readonly dropout?: number;
}

/**
 * A block of a mixer with a norm and a residual connection: x ← x + mixer(norm(x)), for mixers that transform each
 * position as well (Gu and Dao 2023, section 3.4).
 *
 * Observable: `output`, and the values of the mixer below `mixer`.
 */
export class MixerBlock<S extends StateTree> extends Module implements Block<S> {
  readonly norm: Norm;
  readonly mixer: SequenceMixer<S>;
  readonly #dropout: number;

  constructor({ norm, mixer, dropout: share = 0 }: MixerBlockParts<S>) {
    super();
    this.norm = norm;
    this.mixer = mixer;
    this.#dropout = share;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(this.norm.apply(x), state, within(context, 'mixer'));
    const output = tidy(() => add(x, dropout(mixed.output, this.#dropout, context.random)) as Tensor3D);
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
