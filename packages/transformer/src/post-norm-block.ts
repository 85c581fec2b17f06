import { dropout, type MixContext, type StateTree, within } from '@sequitur/core';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';
import { MixingBlock } from './block.js';

/**
 * The post-norm block: mixer and position-wise layer with residual connections, each followed by a norm (Vaswani et al.
 * 2017, section 3.1):
 *
 *     x ← norm(x + mixer(x))
 *     x ← norm(x + feedForward(x))
 */
export class PostNormBlock<S extends StateTree> extends MixingBlock<S> {
  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const mixed = this.mixer.mix(x, state, within(context, 'mixer'));
    const seen = this.mixerNorm.apply(add(x, dropout(mixed.output, this.dropout, context.random)) as Tensor3D);
    const output = this.feedForwardNorm.apply(
      add(seen, this.feedForward.apply(seen, within(context, 'feedForward'))) as Tensor3D,
    );
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
