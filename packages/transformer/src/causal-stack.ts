import {
  type CausalModel,
  costOfParts,
  expectMasks,
  expectState,
  expectTokens,
  type Linear,
  linearFlops,
  Module,
  modulesOf,
  type Norm,
  type PartCost,
  type SequenceMixer,
  SequiturError,
  type StateTree,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { slice, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Block } from './block.js';
import { packedPositions } from './packed-positions.js';
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
export type LanguageModelState = {
  readonly length: number;
  readonly blocks: readonly StateTree[];
  /** Where the sequence at the end of each row began, [batch, 1]; absent while rows hold one sequence each. */
  readonly starts?: Tensor2D;
};

/**
 * A causal model from any array of parts: embedding, blocks, norm, head. In rows of packed sequences (`resets`) positions
 * begin anew with each.
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
    refuseForesight(blocks);
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
    expectTokens('CausalStack', tokens);
    return scoped(() => this.readVectors(this.embed(tokens), state, context));
  }

  /** tokens int32 [batch, length] -> their vectors [batch, length, width], before anything is added for their places. */
  embed(tokens: Tensor2D): Tensor3D {
    return this.embedding.vectors(tokens);
  }

  /** As `read`, of vectors [batch, length, width] in the place of tokens. The caller disposes both. */
  readVectors(vectors: Tensor3D, state: LanguageModelState, context: StepContext = {}) {
    const [batch, length] = vectors.shape;
    if (length < 1) throw new SequiturError({ where: 'CausalStack', expected: 'at least one token', got: 'none' });
    expectMasks('CausalStack', context, { batch, length });
    expectState('CausalStack', state, batch, this.blocks.length);
    return scoped(() => {
      const { starts, ...place } = placeOf(context, state, { batch, length });
      const placed = { ...context, ...place };
      let x = this.embedding.place(vectors, state.length, placed); // [batch, length, width]
      context.observe?.('embedding', x);
      const blocks = this.blocks.map((block, index) => {
        const { output, state: next } = block.apply(x, state.blocks[index]!, within(placed, `blocks.${index}`));
        x = output;
        return next;
      });
      const hidden = this.norm.apply(context.logits === 'last' ? lastPosition(x) : x);
      context.observe?.('norm', hidden);
      return { hidden, state: { length: state.length + length, blocks, ...(starts && { starts }) } };
    });
  }

  /** The head: hidden [batch, length, width] -> logits [batch, length, vocabularySize]. */
  logitsOf(hidden: Tensor3D): Tensor3D {
    return this.head ? this.head.apply(hidden) : this.embedding.tokens.scores(hidden);
  }
}

/** The positions of a chunk, where they are not counted on from the state. */
function placeOf(
  { positions, resets }: StepContext,
  state: LanguageModelState,
  chunk: { readonly batch: number; readonly length: number },
): { readonly positions?: Tensor2D | undefined; readonly starts?: Tensor2D } {
  if (positions || !(resets || state.starts)) return { positions };
  return packedPositions(resets, state.starts, { ...chunk, seen: state.length });
}

/** @throws SequiturError where a block knows what comes after a position: it would read the answer */
function refuseForesight(blocks: readonly Block[]): void {
  for (const [index, block] of blocks.entries()) {
    for (const [path, part] of modulesOf(block, `blocks.${index}`)) {
      const mixer = part as Module & Pick<SequenceMixer, 'isCausal'> & { readonly pattern?: object };
      if (mixer.isCausal !== false) continue;
      throw new SequiturError({
        where: `a causal model, ${path}`,
        expected: 'a mixer whose positions see nothing that comes after them',
        got: `${part.constructor.name}${mixer.pattern ? ` with pattern ${JSON.stringify(mixer.pattern).slice(0, 100)}` : ''}`,
        fix: 'Take both(causal(), pattern), or an encoder where every position may see all',
      });
    }
  }
}

/** x [batch, length, width] -> [batch, 1, width]. */
function lastPosition(x: Tensor3D): Tensor3D {
  const [batch, length, width] = x.shape;
  return slice(x, [0, length - 1, 0], [batch, 1, width]);
}
