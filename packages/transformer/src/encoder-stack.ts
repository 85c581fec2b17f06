import { type MixContext, Module, type Norm, scoped, within } from '@sequitur/core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Block } from './block.js';

/**
 * An encoder stack: blocks with bidirectional mixers over a whole sequence, without state.
 *
 * Observable: `blocks.<i>.output`, `norm` where there is one, and the values of the mixers below `blocks.<i>.mixer`.
 */
export class EncoderStack extends Module {
  readonly blocks: readonly Block[];
  /** The norm after the last block, which pre-norm stacks need. */
  readonly norm: Norm | null;

  constructor(blocks: readonly Block[], norm: Norm | null = null) {
    super();
    this.blocks = blocks;
    this.norm = norm;
  }

  /** x [batch, length, width] -> the same shape. */
  apply(x: Tensor3D, context: MixContext = {}): Tensor3D {
    return scoped(() => {
      let hidden = x;
      for (const [index, block] of this.blocks.entries()) {
        const state = block.initState(x.shape[0]);
        hidden = block.apply(hidden, state, within(context, `blocks.${index}`)).output;
      }
      if (!this.norm) return hidden;
      const normed = this.norm.apply(hidden);
      context.observe?.('norm', normed);
      return normed;
    });
  }
}
