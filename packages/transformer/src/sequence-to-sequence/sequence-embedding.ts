import { dropout, type Embedding, type MixContext, Module, type Norm } from '@sequitur/core';
import { add, mul, type Tensor2D, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { PositionVectors } from '../positions/index.js';

export interface SequenceEmbeddingParts {
  /** The same table may serve encoder and decoder. */
  readonly tokens: Embedding;
  readonly positions?: PositionVectors | null;
  readonly norm?: Norm | null;
  /** Multiplies the tokens' vectors; default 1. The original Transformer takes sqrt(width). */
  readonly scale?: number;
  readonly dropout?: number;
}

/** The vectors of tokens, scaled, with those of their positions (Vaswani et al. 2017, sections 3.4 and 3.5). */
export class SequenceEmbedding extends Module {
  readonly tokens: Embedding; // [vocabularySize, width]
  readonly positions: PositionVectors | null;
  readonly norm: Norm | null;
  readonly #scale: number;
  readonly #dropout: number;

  constructor({ tokens, positions = null, norm = null, scale = 1, dropout = 0 }: SequenceEmbeddingParts) {
    super();
    this.tokens = tokens;
    this.positions = positions;
    this.norm = norm;
    this.#scale = scale;
    this.#dropout = dropout;
  }

  /**
   * @param tokens int32 [batch, length]
   * @param seen how many tokens came before: positions count on from there unless the context gives them
   * @returns [batch, length, width]
   */
  apply(tokens: Tensor2D, seen: number, { positions, random }: MixContext = {}): Tensor3D {
    return tidy(() => {
      const vectors = this.tokens.lookup(tokens);
      const scaled = this.#scale === 1 ? vectors : mul(vectors, this.#scale);
      const place = this.positions?.range(seen, tokens.shape[1]);
      const placed = place ? add(scaled, positions ? this.positions!.lookup(positions) : place) : scaled;
      return dropout((this.norm ? this.norm.apply(placed) : placed) as Tensor3D, this.#dropout, random);
    });
  }
}
