import { type MixContext, Module, type SequenceMixer, type StateTree, within } from '@sequitur/core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Block } from '../block.js';

/** A block of a mixer only, without norm and residual connection. */
export class PlainBlock<S extends StateTree> extends Module implements Block<S> {
  readonly mixer: SequenceMixer<S>;

  constructor(mixer: SequenceMixer<S>) {
    super();
    this.mixer = mixer;
  }

  initState(batchSize: number): S {
    return this.mixer.initState(batchSize);
  }

  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(x, state, within(context, 'mixer'));
    context.observe?.('output', mixed.output);
    return mixed;
  }
}
