import { dropout, type EncodeContext, expectEncoded, Module, type Norm } from '@sequitur/core';
import { type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { DecoderBlock } from '../decoder/decoder-block.js';
import type { EncoderStack } from '../encoder-stack.js';
import type { TokenEmbedding } from '../token-embedding.js';

/** The encoder of an encoder-decoder: source embedding, blocks and norm. */
export class SourceEncoder extends Module {
  readonly embedding: TokenEmbedding;
  readonly stack: EncoderStack;
  readonly outputDropout: number;

  constructor(embedding: TokenEmbedding, stack: EncoderStack, outputDropout = 0) {
    super();
    this.embedding = embedding;
    this.stack = stack;
    this.outputDropout = outputDropout;
  }

  /** source int32 [batch, length] -> [batch, length, width]. */
  apply(source: Tensor2D, context: EncodeContext = {}): Tensor3D {
    expectEncoded('an encoder', source, context);
    const { attentionMask, positions, random, observe } = context;
    return tidy(() => {
      const x = this.embedding.apply(source, 0, { positions, random });
      observe?.('embedding', x);
      return dropout(this.stack.apply(x, { attentionMask, random, observe }), this.outputDropout, random);
    });
  }
}

/** The decoder of an encoder-decoder: target embedding, blocks and norm. */
export class TargetDecoder extends Module {
  readonly embedding: TokenEmbedding;
  readonly blocks: readonly DecoderBlock[];
  /** The norm after the last block, which pre-norm stacks need. */
  readonly norm: Norm | null;
  readonly outputDropout: number;

  constructor(
    embedding: TokenEmbedding,
    blocks: readonly DecoderBlock[],
    { norm = null, outputDropout = 0 }: { readonly norm?: Norm | null; readonly outputDropout?: number } = {},
  ) {
    super();
    this.embedding = embedding;
    this.blocks = blocks;
    this.norm = norm;
    this.outputDropout = outputDropout;
  }
}
