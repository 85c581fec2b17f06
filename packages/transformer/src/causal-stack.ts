import {
  type CausalModel,
  costOfParts,
  type Linear,
  linearFlops,
  Module,
  type Norm,
  type PartCost,
  SequiturError,
  type StateTree,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { slice, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block } from './block.js';
import type { TokenEmbedding } from './token-embedding.js';

export interface LanguageModelParts {
  readonly embedding: TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  /** Absent: tied, each token's logit is the product with its own vector of the embedding. */
  readonly head?: Linear;
  /** Default: as many as the embedding has learned positions, else unbounded. */
  readonly contextLength?: number;
}

/** How many tokens went by, and what each block remembers of them. */
export type LanguageModelState = { readonly length: number; readonly blocks: readonly StateTree[] };

/**
 * A causal model from any array of parts: embedding, blocks, norm, head.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `norm`, and whatever the mixers offer below `blocks.<i>.mixer`.
 */
export class CausalStack extends Module implements CausalModel<LanguageModelState> {
  readonly embedding: TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  readonly head: Linear | null;
  readonly vocabularySize: number;
  readonly contextLength: number;

  constructor({ embedding, blocks, norm, head, contextLength }: LanguageModelParts) {
    super();
    this.embedding = embedding;
    this.blocks = blocks;
    this.norm = norm;
    this.head = head ?? null;
    this.vocabularySize = embedding.tokens.weight.shape[0]!;
    this.contextLength = contextLength ?? embedding.contextLength;
  }

  initState(batchSize: number): LanguageModelState {
    return { length: 0, blocks: this.blocks.map((block) => block.initState(batchSize)) };
  }

  get width(): number {
    return this.embedding.tokens.weight.shape[1]!;
  }

  /**
   * What it costs to read `length` tokens after `seen` others, for a batch of one.
   *
   * @param logits of how many tokens; default all
   */
  cost(length: number, seen = 0, logits = length): PartCost {
    const parts = [this.embedding, ...this.blocks].map((part) => costOfParts(part, length, seen));
    const [vocabularySize, width] = this.embedding.tokens.weight.shape as [number, number];
    const head = this.head ? linearFlops(this.head, logits) : 2 * logits * vocabularySize * width;
    const sum = (of: (part: PartCost) => number) => parts.reduce((total, part) => total + of(part), 0);
    return {
      flops: sum(({ flops }) => flops) + head,
      gradientFlops: sum(({ gradientFlops }) => gradientFlops) + 2 * head,
      stateBytes: sum(({ stateBytes }) => stateBytes),
    };
  }

  step(tokens: Tensor2D, state: LanguageModelState, context: StepContext = {}) {
    return scoped(() => {
      const { hidden, state: next } = this.read(tokens, state, context);
      return { logits: this.logitsOf(hidden), state: next };
    });
  }

  /**
   * All but the head: tokens int32 [batch, length] -> [batch, length, width], or [batch, 1, width] where the context asks
   * for the last logits alone. The caller disposes both.
   */
  read(tokens: Tensor2D, state: LanguageModelState, context: StepContext = {}) {
    return scoped(() => this.readVectors(this.embed(tokens), state, context));
  }

  /** tokens int32 [batch, length] -> their vectors [batch, length, width], before anything is added for their places. */
  embed(tokens: Tensor2D): Tensor3D {
    return this.embedding.vectors(tokens);
  }

  /** As `read`, of vectors [batch, length, width] in the place of tokens. The caller disposes both. */
  readVectors(vectors: Tensor3D, state: LanguageModelState, context: StepContext = {}) {
    const length = vectors.shape[1];
    if (length < 1) throw new SequiturError({ where: 'CausalStack', expected: 'at least one token', got: 'none' });
    return scoped(() => {
      let x = this.embedding.place(vectors, state.length, context); // [batch, length, width]
      context.observe?.('embedding', x);
      const blocks = this.blocks.map((block, index) => {
        const { output, state: next } = block.apply(x, state.blocks[index]!, within(context, `blocks.${index}`));
        x = output;
        return next;
      });
      const hidden = this.norm.apply(context.logits === 'last' ? lastPosition(x) : x);
      context.observe?.('norm', hidden);
      return { hidden, state: { length: state.length + length, blocks } };
    });
  }

  /** The head: hidden [batch, length, width] -> logits [batch, length, vocabularySize]. */
  logitsOf(hidden: Tensor3D): Tensor3D {
    return this.head ? this.head.apply(hidden) : this.embedding.tokens.scores(hidden);
  }
}

/** x [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
