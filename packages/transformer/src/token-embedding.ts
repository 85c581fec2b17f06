import { dropout, Embedding, type Initializer, type MixContext, Module, type Norm } from '@sequitur/core';
import { add, mul, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { PositionTable, type PositionVectors } from './positions/index.js';

export interface TokenEmbeddingOptions {
  readonly vocabularySize: number;
  readonly width: number;
  /** How many positions have a learned vector: short for `positions: new PositionTable({ count, width })`. */
  readonly learnedPositions?: number;
  /** What is added to the vectors for their place; absent: the model finds order by other means. */
  readonly positions?: PositionVectors;
  /** Multiplies the tokens' vectors before anything is added; default 1. */
  readonly scale?: number;
  /** Brings the sum to a common scale. */
  readonly norm?: Norm;
  readonly dropout?: number;
  readonly initializer?: Initializer;
  /** The id whose vector gets no gradient from lookups. */
  readonly padding?: number | undefined;
}

/** Gives each token its vector, and adds that of its position where the model has such. */
export class TokenEmbedding extends Module {
  readonly tokens: Embedding; // [vocabularySize, width]
  readonly positions: PositionVectors | null;
  readonly norm: Norm | null;
  readonly #scale: number;
  readonly #dropout: number;

  constructor(options: TokenEmbeddingOptions) {
    super();
    const { vocabularySize, width, learnedPositions: count, initializer, padding } = options;
    this.tokens = new Embedding(vocabularySize, width, initializer, { padding });
    const learned = count ? new PositionTable({ count, width, ...(initializer && { initializer }) }) : null;
    this.positions = options.positions ?? learned;
    this.norm = options.norm ?? null;
    this.#scale = options.scale ?? 1;
    this.#dropout = options.dropout ?? 0;
  }

  /** How many positions have a vector; `Infinity` where nothing bounds them. */
  get contextLength(): number {
    return this.positions?.count ?? Number.POSITIVE_INFINITY;
  }

  /**
   * @param tokens int32 [batch, length].
   * @param seen how many tokens came before: positions count on from there unless the context gives them.
   * @returns [batch, length, width].
   */
  apply(tokens: Tensor2D, seen: number, context: MixContext): Tensor3D {
    return this.place(this.vectors(tokens), seen, context);
  }

  /** The vectors of tokens int32 [batch, length], [batch, length, width], before anything is added for their places. */
  vectors(tokens: Tensor2D): Tensor3D {
    const found = this.tokens.lookup(tokens) as Tensor3D;
    return this.#scale === 1 ? found : (mul(found, this.#scale) as Tensor3D);
  }

  /** Adds to vectors [batch, length, width] what the model adds for their places, and normalises the sum. */
  place(vectors: Tensor3D, seen: number, context: MixContext): Tensor3D {
    const sum = this.positions
      ? (add(vectors, this.#placed(this.positions, vectors.shape[1], seen, context)) as Tensor3D)
      : vectors;
    return dropout(this.norm ? this.norm.apply(sum) : sum, this.#dropout, context.random);
  }

  #placed(positions: PositionVectors, length: number, seen: number, context: MixContext): Tensor {
    const vectors = positions.range(seen, length); // also refuses what is too long
    return context.positions ? positions.lookup(context.positions) : vectors;
  }
}
