import type { Pattern } from '@sequitur/attention';
import { type EncodeContext, type Encoder, LayerNorm, Module } from '@sequitur/core';
import { EncoderStack, TokenEmbedding } from '@sequitur/transformer';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { tidy } from '@tensorflow/tfjs-core';
import type { Candidate, Family, Shape } from './candidate.js';
import { block, layers, rotaryAttention } from './decoder.js';

/** Token embeddings and bidirectional blocks with rotary positions, as in the decoders. */
class RotaryEncoder extends Module implements Encoder {
  readonly embedding: TokenEmbedding;
  readonly stack: EncoderStack;
  readonly vocabularySize: number;
  readonly contextLength = Number.POSITIVE_INFINITY;

  constructor(shape: Shape, hiddenWidth: number, pattern: Pattern) {
    super();
    const { vocabularySize, width } = shape;
    this.vocabularySize = vocabularySize;
    this.embedding = new TokenEmbedding({ vocabularySize, width });
    const blocks = layers(shape).map(() => block(shape, hiddenWidth, rotaryAttention(shape, pattern)));
    this.stack = new EncoderStack(blocks, new LayerNorm(width));
  }

  encode(tokens: Tensor2D, context: EncodeContext = {}): Tensor3D {
    return tidy(() => this.stack.apply(this.embedding.apply(tokens, 0, context), context));
  }
}

/** An encoder of the decoders' blocks over a pattern, which may depend on the shape. */
export function encoder(name: string, family: Family, patternOf: (shape: Shape) => Pattern): Candidate {
  return {
    name,
    family,
    knob: 'feed-forward width',
    create: (shape, hiddenWidth) => {
      const model = new RotaryEncoder(shape, hiddenWidth, patternOf(shape));
      return {
        ...{ kind: 'encoder', model },
        scores: (hidden) => model.embedding.tokens.scores(hidden),
        scoreFlops: (length) => 2 * length * shape.vocabularySize * shape.width,
      };
    },
  };
}
