import { dropout, type MixContext, type StateTree, within } from '@sequitur/core';
import { MixingBlock } from '@sequitur/transformer';
import { add, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * A pre-norm block whose residual connections start after the norms (Bloom's
 * `apply_residual_connection_post_layernorm`):
 *
 *     n ← norm(x);  x ← n + mixer(n);  n ← norm(x);  x ← n + feedForward(n)
 */
export class NormResidualBlock<S extends StateTree> extends MixingBlock<S> {
  apply(x: Tensor3D, state: S, context: MixContext): { output: Tensor3D; state: S } {
    const input = this.mixerNorm.apply(x);
    const mixed = this.mixer.mix(input, state, within(context, 'mixer'));
    const seen = this.feedForwardNorm.apply(
      add(input, dropout(mixed.output, this.dropout, context.random)) as Tensor3D,
    );
    const output = add(seen, this.feedForward.apply(seen, context)) as Tensor3D;
    context.observe?.('output', output);
    return { output, state: mixed.state };
  }
}
