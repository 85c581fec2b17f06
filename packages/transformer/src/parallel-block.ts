import { dropout, type MixContext, type StateTree, within } from '@sequitur/core';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';
import { MixingBlock } from './block.js';

/**
 * The parallel block: mixer and feed-forward read the same input (Wang and Komatsuzaki 2021; GPT-NeoX):
 *
 *     x ← x + mixer(norm₁(x)) + feedForward(norm₂(x))
 */
export class ParallelBlock<S extends StateTree> extends MixingBlock<S> {
  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(this.mixerNorm.apply(x), state, within(context, 'mixer'));
    const transformed = this.feedForward.apply(this.feedForwardNorm.apply(x), within(context, 'feedForward'));
    const output = add(add(transformed, dropout(mixed.output, this.dropout, context.random)), x) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
