import { sinusoidalTable } from '@sequitur/attention';
import { dropout, Embedding, type EncodeContext, LayerNorm, Linear, Module, normal } from '@sequitur/core';
import { PositionTable } from '@sequitur/transformer';
import {
  add,
  cast,
  cumsum,
  expandDims,
  mul,
  notEqual,
  scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { BertConfig } from './config.js';

export interface BertEmbeddingOptions {
  /** Positions are counted over real tokens from `paddingToken` + 1 on, as in RoBERTa; default false. */
  readonly skipsPadding?: boolean;
  /** Factor on the token embeddings; default 1. */
  readonly scale?: number;
  /** Whether positions are embedded; default true. */
  readonly positioned?: boolean;
  /** Whether the norm has a bias; default true. */
  readonly normBias?: boolean;
  /** Whether padding has vectors of zeros; default false. */
  readonly clearsPadding?: boolean;
  /** Whether a projection follows; default where `embeddingWidth` differs from `width`. */
  readonly projects?: boolean;
}

/** BERT's embedding: the normalised sum of token, token type and position embeddings (Devlin et al. 2019, figure 2). */
export class BertEmbedding extends Module {
  readonly tokens: Embedding; // [vocabularySize, width]
  readonly tokenTypes: Embedding | null; // [segments, width]
  readonly positions: PositionTable | null; // [contextLength, width]; unused, but stored, where scores know the distance
  readonly norm: LayerNorm;
  readonly project: Linear | null; // [embeddingWidth, width]
  readonly #dropout: number;
  readonly #padding: number;
  readonly #skipsPadding: boolean;
  readonly #addsPositions: boolean;
  readonly #clearsPadding: boolean;
  readonly #scale: number;

  constructor(config: BertConfig, options: BertEmbeddingOptions = {}) {
    super();
    const { skipsPadding = false, scale = 1, projects, positioned = true, normBias: bias = true } = options;
    const { embeddingWidth: width = config.width } = config;
    const { vocabularySize, tokenTypeCount = 2, paddingToken = 0, initializerRange = 0.02 } = config;
    const drawn = normal(initializerRange);
    const padding = paddingToken ?? 0;
    this.tokens = new Embedding(vocabularySize, width, drawn, { padding: paddingToken ?? undefined });
    this.tokenTypes = tokenTypeCount > 0 ? new Embedding(tokenTypeCount, width, drawn) : null;
    const table = () =>
      new PositionTable({
        count: config.contextLength,
        width,
        offset: skipsPadding ? padding + 1 : 0,
        padding: skipsPadding ? padding : undefined,
        initializer: config.sinusoidal ? (shape) => sinusoidalTable(shape[0]!, width) : drawn,
        trained: !config.sinusoidal,
      });
    this.positions = positioned ? table() : null;
    this.norm = new LayerNorm(width, { epsilon: config.normEpsilon ?? 1e-12, bias });
    const isProjected = projects ?? width !== config.width;
    this.project = isProjected ? new Linear(width, config.width, { initializer: drawn }) : null;
    this.#dropout = config.dropout ?? 0;
    this.#padding = padding;
    this.#skipsPadding = skipsPadding;
    this.#clearsPadding = options.clearsPadding ?? false;
    this.#scale = scale;
    this.#addsPositions = positioned && (config.positions ?? 'absolute') === 'absolute';
  }

  /** tokens int32 [batch, length] -> [batch, length, width]. */
  apply(tokens: Tensor2D, { tokenTypes, positions, random, attentionMask }: EncodeContext = {}): Tensor3D {
    return tidy(() => {
      let x = this.tokens.lookup(tokens);
      if (this.#scale !== 1) x = mul(x, this.#scale);
      if (this.tokenTypes) x = add(x, this.tokenTypes.lookup(tokenTypes ?? zerosLike(tokens)));
      if (this.#addsPositions) x = add(x, this.#positionVectors(tokens, positions));
      const cleared = this.#cleared(this.norm.apply(x as Tensor3D), attentionMask);
      const normed = dropout(cleared, this.#dropout, random);
      return this.project ? this.project.apply(normed) : normed;
    });
  }

  #cleared(x: Tensor3D, attentionMask: Tensor2D | undefined): Tensor3D {
    if (!this.#clearsPadding || !attentionMask) return x;
    return mul(x, expandDims(cast(attentionMask, 'float32'), 2));
  }

  #positionVectors(tokens: Tensor2D, given: Tensor2D | undefined): Tensor {
    const table = this.positions!;
    const inOrder = table.range(0, tokens.shape[1]); // refuses a text that is too long, with any positions
    if (given) return table.lookup(given);
    if (!this.#skipsPadding) return inOrder;
    const real = cast(notEqual(tokens, this.#padding), 'int32'); // [batch, length]
    // The n-th real token has row padding + n; padding itself the row `padding`, one before the first position.
    return table.lookup(add(mul(cumsum(real, 1), real), scalar(-1, 'int32')));
  }
}
