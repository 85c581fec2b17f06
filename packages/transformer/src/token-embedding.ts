import { dropout, Embedding, type Initializer, type Linear, type MixContext, Module, type Norm } from '@sequitur/core';
import {
  add,
  cast,
  cumsum,
  expandDims,
  mul,
  notEqual,
  scalar,
  sub,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { PositionTable, type PositionVectors } from './positions/index.js';

interface TokenTable {
  readonly vocabularySize: number;
  readonly width: number;
  readonly initializer?: Initializer;
  /** The id whose vector gets no gradient from lookups. */
  readonly padding?: number | undefined;
}

export interface EmbeddingOptions {
  /** Number of learned positions: shorthand for `positions: new PositionTable({ count, width })`. */
  readonly learnedPositions?: number;
  /** The projection from the width of the table to that of the model, where they differ. */
  readonly project?: Linear | null;
  /** Position embeddings that are added; absent: none. */
  readonly positions?: PositionVectors | null;
  /** The id of tokens without a position, which are not counted: padding in M2M100. Default: none. */
  readonly unplaced?: number | undefined;
  /** Factor on the token embeddings; default 1, in the original Transformer sqrt(width). */
  readonly scale?: number;
  /** A norm of the sum. */
  readonly norm?: Norm | null;
  readonly dropout?: number;
}

/** Options of a separate table, or one that encoder and decoder share. */
export type TokenEmbeddingOptions = EmbeddingOptions & (TokenTable | { readonly tokens: Embedding });

/** Token embeddings, scaled, with optional position embeddings (Vaswani et al. 2017, sections 3.4 and 3.5). */
export class TokenEmbedding extends Module {
  readonly tokens: Embedding; // [vocabularySize, width]
  readonly project: Linear | null; // [width of the table, width]
  readonly positions: PositionVectors | null;
  readonly norm: Norm | null;
  readonly #unplaced: number | undefined;
  readonly #scale: number;
  readonly #dropout: number;

  constructor(options: TokenEmbeddingOptions) {
    super();
    this.tokens = 'tokens' in options ? options.tokens : tokenTable(options);
    this.project = options.project ?? null;
    this.positions = options.positions ?? learnedPositions(options, this.tokens.weight.shape[1]!);
    this.norm = options.norm ?? null;
    this.#unplaced = options.unplaced;
    this.#scale = options.scale ?? 1;
    this.#dropout = options.dropout ?? 0;
  }

  /** Width of the vectors. */
  get width(): number {
    return (this.project ?? this.tokens).weight.shape[1]!;
  }

  /** Number of positions; `Infinity` where unbounded. */
  get contextLength(): number {
    return this.positions?.count ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Embeds tokens with their positions.
   *
   * @param tokens int32 [batch, length].
   * @param seen number of earlier tokens: positions are counted from there unless the context has them.
   * @returns [batch, length, width].
   */
  apply(tokens: Tensor2D, seen: number, context: MixContext): Tensor3D {
    const counted = this.#unplaced !== undefined && !context.positions;
    return counted ? this.#placeCounted(tokens, seen, context) : this.place(this.vectors(tokens), seen, context);
  }

  /** Token embeddings without positions: tokens int32 [batch, length] -> [batch, length, width]. */
  vectors(tokens: Tensor2D): Tensor3D {
    const found = this.tokens.lookup(tokens) as Tensor3D;
    const scaled = this.#scale === 1 ? found : (mul(found, this.#scale) as Tensor3D);
    return this.project ? this.project.apply(scaled) : scaled;
  }

  /** Adds position embeddings to token embeddings [batch, length, width], and normalises the sum. */
  place(vectors: Tensor3D, seen: number, context: MixContext): Tensor3D {
    const sum = this.positions
      ? (add(vectors, this.#placed(this.positions, vectors.shape[1], seen, context)) as Tensor3D)
      : vectors;
    return this.#finished(sum, context);
  }

  #finished(sum: Tensor3D, { random }: MixContext): Tensor3D {
    return dropout(this.norm ? this.norm.apply(sum) : sum, this.#dropout, random);
  }

  /** As `place`, with positions counted over the tokens that have one. */
  #placeCounted(tokens: Tensor2D, seen: number, context: MixContext): Tensor3D {
    this.positions!.range(seen, tokens.shape[1]); // checks the length
    const real = cast(notEqual(tokens, this.#unplaced!), 'int32'); // [batch, length]
    const counted = add(mul(sub(cumsum(real, 1), scalar(1, 'int32')), real), scalar(seen, 'int32'));
    const vectors = mul(this.positions!.lookup(counted), expandDims(cast(real, 'float32'), 2));
    return this.#finished(add(this.vectors(tokens), vectors) as Tensor3D, context);
  }

  #placed(positions: PositionVectors, length: number, seen: number, context: MixContext): Tensor {
    const vectors = positions.range(seen, length); // also checks the length
    return context.positions ? positions.lookup(context.positions) : vectors;
  }
}

function tokenTable({ vocabularySize, width, initializer, padding }: TokenTable): Embedding {
  return new Embedding(vocabularySize, width, initializer, { padding });
}

function learnedPositions(options: TokenEmbeddingOptions, width: number): PositionTable | null {
  const { learnedPositions: count } = options;
  const initializer = 'tokens' in options ? undefined : options.initializer;
  return count ? new PositionTable({ count, width, ...(initializer && { initializer }) }) : null;
}
