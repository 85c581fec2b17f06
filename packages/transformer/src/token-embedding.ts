import { dropout, Embedding, type MixContext, Module, SequiturError } from '@sequitur/core';
import { add, range, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

export interface TokenEmbeddingOptions {
  readonly vocabularySize: number;
  readonly width: number;
  /** How many positions have a learned vector; absent: the model finds order by other means. */
  readonly learnedPositions?: number;
  readonly dropout?: number;
}

/** Gives each token its vector, and adds the learned vector of its position where the model has such. */
export class TokenEmbedding extends Module {
  readonly tokens: Embedding; // [vocabularySize, width]
  readonly positions: Embedding | null; // [learnedPositions, width]
  readonly #dropout: number;

  constructor({ vocabularySize, width, learnedPositions, dropout = 0 }: TokenEmbeddingOptions) {
    super();
    this.tokens = new Embedding(vocabularySize, width);
    this.positions = learnedPositions === undefined ? null : new Embedding(learnedPositions, width);
    this.#dropout = dropout;
  }

  /**
   * @param tokens int32 [batch, length].
   * @param seen how many tokens came before: positions count on from there unless the context gives them.
   * @returns [batch, length, width].
   */
  apply(tokens: Tensor2D, seen: number, context: MixContext): Tensor3D {
    const vectors = this.tokens.lookup(tokens) as Tensor3D;
    const placed = this.positions ? add(vectors, this.#positionVectors(tokens, seen, context)) : vectors;
    return dropout(placed as Tensor3D, this.#dropout, context.random);
  }

  #positionVectors(tokens: Tensor2D, seen: number, context: MixContext) {
    const end = seen + tokens.shape[1];
    const count = this.positions!.weight.shape[0]!;
    if (end > count) {
      throw new SequiturError({
        where: 'a model with learned positions',
        expected: `at most ${count} tokens in all`,
        got: `${end}`,
        fix: 'Give a shorter text, or start again from initState with the last tokens of it',
      });
    }
    return this.positions!.lookup(context.positions ?? range(seen, end, 1, 'int32'));
  }
}
