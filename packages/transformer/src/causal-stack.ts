import {
  type CausalModel,
  costOfParts,
  expectBatchSize,
  expectMasks,
  expectState,
  expectTokens,
  type Linear,
  linearFlops,
  Module,
  type Norm,
  type PartCost,
  type RouterBalance,
  SequiturError,
  type StateTree,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { div, mul, slice, type Tensor2D, type Tensor3D, tanh, tidy } from '@tensorflow/tfjs-core';
import type { Block } from './block.js';
import { expectSameLength, refuseForesight } from './causal-checks.js';
import { packedPositions, realPositions } from './packed-positions.js';
import type { TokenEmbedding } from './token-embedding.js';

export interface LanguageModelParts {
  readonly embedding: TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  /** The output projection; absent: tied embeddings. */
  readonly head?: Linear;
  /** Maximum sequence length; default the number of learned positions, else unbounded. */
  readonly contextLength?: number;
  /** Factor on the logits; default 1. */
  readonly logitScale?: number;
  /** Logits z become cap tanh(z / cap) (Gemma Team 2024, section 2). */
  readonly logitSoftCap?: number;
  /** Whether positions count only the real tokens of the padding mask (OPT); default false: all tokens. */
  readonly countsRealTokens?: boolean;
  /** See `CausalModel.balance`. */
  readonly balance?: RouterBalance;
  /** See `CausalModel.rereadLength`. */
  readonly rereadLength?: number;
}

/** The number of tokens read, and the state of each block. */
export type LanguageModelState = {
  readonly length: number;
  readonly blocks: readonly StateTree[];
  /** The start of the last sequence of each row, [batch, 1]; absent while rows hold one sequence each. */
  readonly starts?: Tensor2D;
};

/**
 * A causal language model composed of an embedding, blocks, a norm and a head. In packed rows (`resets`) positions
 * start from 0 in each sequence.
 *
 * Observable: `embedding`, `blocks.<i>.output`, `norm`, and the values of the mixers below `blocks.<i>.mixer`.
 */
export class CausalStack extends Module implements CausalModel<LanguageModelState> {
  readonly embedding: TokenEmbedding;
  readonly blocks: readonly Block[];
  readonly norm: Norm;
  readonly head: Linear | null;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly logitScale: number;
  readonly logitSoftCap: number | undefined;
  readonly countsRealTokens: boolean;
  readonly balance: RouterBalance | undefined;
  readonly rereadLength: number | undefined;

  constructor({
    embedding,
    blocks,
    norm,
    head,
    contextLength,
    logitScale = 1,
    logitSoftCap,
    countsRealTokens = false,
    balance,
    rereadLength,
  }: LanguageModelParts) {
    super();
    refuseForesight(blocks);
    this.embedding = embedding;
    this.blocks = blocks;
    this.norm = norm;
    this.head = head ?? null;
    this.vocabularySize = embedding.tokens.weight.shape[0]!;
    this.contextLength = contextLength ?? embedding.contextLength;
    this.logitScale = logitScale;
    this.logitSoftCap = logitSoftCap;
    this.countsRealTokens = countsRealTokens;
    this.balance = balance;
    this.rereadLength = rereadLength;
  }

  initState(batchSize: number): LanguageModelState {
    expectBatchSize('CausalStack', batchSize);
    return { length: 0, blocks: this.blocks.map((block) => block.initState(batchSize)) };
  }

  get width(): number {
    return this.embedding.width;
  }

  /**
   * Cost of `length` tokens after `seen` earlier ones, for a batch of one.
   *
   * @param logits number of tokens with logits; default all
   */
  cost(length: number, seen = 0, logits = length): PartCost {
    const parts = [this.embedding, ...this.blocks, this.norm].map((part) => costOfParts(part, length, seen));
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
   * The model without its head: tokens int32 [batch, length] -> [batch, length, width], or [batch, 1, width] where the
   * context asks for the last logits only. The caller disposes both.
   */
  read(tokens: Tensor2D, state: LanguageModelState, context: StepContext = {}) {
    expectTokens('CausalStack', tokens);
    return scoped(() => this.readVectors(this.embed(tokens), state, context));
  }

  /** tokens int32 [batch, length] -> token embeddings [batch, length, width], without positions. */
  embed(tokens: Tensor2D): Tensor3D {
    return this.embedding.vectors(tokens);
  }

  /** As `read`, for embeddings [batch, length, width] instead of tokens. The caller disposes both. */
  readVectors(vectors: Tensor3D, state: LanguageModelState, context: StepContext = {}) {
    const [batch, length] = vectors.shape;
    if (length < 1) throw new SequiturError({ where: 'CausalStack', expected: 'at least one token', got: 'none' });
    expectMasks('CausalStack', context, { batch, length });
    expectState('CausalStack', state, batch, this.blocks.length);
    expectSameLength(state);
    return scoped(() => {
      const { starts, ...place } = this.#placeOf(context, state, { batch, length });
      const placed = { ...context, ...place };
      let x = this.embedding.place(vectors, state.length, placed); // [batch, length, width]
      context.observe?.('embedding', x);
      const reading = { ...placed, embedded: x };
      const blocks = this.blocks.map((block, index) => {
        const { output, state: next } = block.apply(x, state.blocks[index]!, within(reading, `blocks.${index}`));
        x = output;
        return next;
      });
      const hidden = this.norm.apply(context.logits === 'last' ? lastPosition(x) : x);
      context.observe?.('norm', hidden);
      return { hidden, state: { length: state.length + length, blocks, ...(starts && { starts }) } };
    });
  }

  /** The positions of a chunk where they do not simply continue from the state. */
  #placeOf(
    { positions, resets, attentionMask }: StepContext,
    state: LanguageModelState,
    chunk: { readonly batch: number; readonly length: number },
  ): { readonly positions?: Tensor2D | undefined; readonly starts?: Tensor2D } {
    if (positions) return { positions };
    const place = { ...chunk, seen: state.length };
    if (this.countsRealTokens && attentionMask && !resets) return realPositions(attentionMask, state.starts, place);
    return resets || state.starts ? packedPositions(resets, state.starts, place) : {};
  }

  /** The head: hidden [batch, length, width] -> logits [batch, length, vocabularySize]. */
  logitsOf(hidden: Tensor3D): Tensor3D {
    return tidy(() => {
      const products = this.head ? this.head.apply(hidden) : this.embedding.tokens.scores(hidden);
      const logits = this.logitScale === 1 ? products : mul(products, this.logitScale);
      if (this.logitSoftCap === undefined) return logits as Tensor3D;
      return mul(tanh(div(logits, this.logitSoftCap)), this.logitSoftCap) as Tensor3D;
    });
  }
}

/** x [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
