import { readSegments } from '@sequitur/attention';
import {
  type CausalModel,
  detach,
  expectMasks,
  expectState,
  expectTokens,
  type Initializer,
  initialize,
  Module,
  normal,
  Parameter,
  type PartCost,
  refuseResets,
  type StateTree,
  type StepContext,
  scoped,
  within,
} from '@sequitur/core';
import { add, slice, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { type CostedReader, recurrentMemoryCost } from './cost.js';

/** A causal model that reads vectors in the place of tokens, as `CausalStack` does. */
export interface ReadsVectors<S extends StateTree = StateTree> extends CausalModel<S> {
  readonly width: number;
  /** tokens int32 [batch, length] -> [batch, length, width], before anything is added for their places. */
  embed(tokens: Tensor2D): Tensor3D;
  /** x as `embed` gives it, after all that `state` has seen -> the last block's normalised vectors. */
  readVectors(x: Tensor3D, state: S, context?: StepContext): { hidden: Tensor3D; state: S };
  logitsOf(hidden: Tensor3D): Tensor3D;
}

export interface RecurrentMemoryOptions {
  readonly memoryTokens: number;
  readonly segmentLength: number;
  /** Gradients go back through so many segments; default all. */
  readonly gradientSegments?: number;
  /** Of the memory before the first segment; default normal with deviation 0.02. */
  readonly initializer?: Initializer;
}

export type RecurrentMemoryState = {
  /** What the segments before have written: [batch, memoryTokens, width]; absent before the first: as learned. */
  readonly memory?: Tensor3D;
  /** What the model within knows of this segment; absent before its first token. */
  readonly inner?: StateTree;
  /** Tokens that this segment has room for yet. */
  readonly room: number;
  /** Tokens of each later segment. */
  readonly segmentLength: number;
  /** Segments that are complete. */
  readonly segments: number;
};

/**
 * Recurrent Memory Transformer (Bulatov, Kuratov and Burtsev 2022, section 3.1) around any model that reads vectors: every
 * segment is read as [memory, tokens, memory], and what the model makes of the memory behind the tokens is the memory before
 * the next segment. The state is constant in the length of the text.
 *
 * Observable: what the model within offers, below `memoryRead` and `memoryWritten` for the memory tokens.
 */
export class RecurrentMemoryModel<M extends ReadsVectors = ReadsVectors>
  extends Module
  implements CausalModel<RecurrentMemoryState>
{
  readonly model: M;
  readonly memory: Parameter; // [memoryTokens, width]
  readonly segmentLength: number;
  readonly memoryTokens: number;
  readonly contextLength = Number.POSITIVE_INFINITY;
  readonly #gradientSegments: number;

  constructor(model: M, options: RecurrentMemoryOptions) {
    super();
    this.model = model;
    this.memory = new Parameter([options.memoryTokens, model.width], options.initializer ?? normal(0.02));
    this.memoryTokens = options.memoryTokens;
    this.segmentLength = options.segmentLength;
    this.#gradientSegments = options.gradientSegments ?? Number.POSITIVE_INFINITY;
  }

  /** A model with drawn values around `model`, whose own values stay where it has any. The caller disposes it. */
  static create<M extends ReadsVectors>(
    model: M,
    { seed = 0, ...options }: RecurrentMemoryOptions & { readonly seed?: number | string },
  ): RecurrentMemoryModel<M> {
    return initialize(new RecurrentMemoryModel(model, options), seed);
  }

  get vocabularySize(): number {
    return this.model.vocabularySize;
  }

  /**
   * @param first tokens of the first segment, and `later` of those after it, where a text is cut otherwise than into segments
   *   of `segmentLength` from its beginning
   */
  initState(_batchSize: number, first = this.segmentLength, later = this.segmentLength): RecurrentMemoryState {
    return { room: first, segmentLength: later, segments: 0 };
  }

  /**
   * What it costs to read `length` tokens of segments of `segmentLength` after `seen` others, for a batch of one, around a
   * model that says what it costs itself.
   *
   * @param logits of how many tokens; default all
   */
  cost(this: RecurrentMemoryModel<M & CostedReader>, length: number, seen = 0, logits = length): PartCost {
    return recurrentMemoryCost(this, { length, seen, logits });
  }

  step(tokens: Tensor2D, state: RecurrentMemoryState, context: StepContext = {}) {
    expectTokens('RecurrentMemoryModel', tokens);
    expectMasks('RecurrentMemoryModel', context, { batch: tokens.shape[0], length: tokens.shape[1] });
    expectState('RecurrentMemoryModel', state, tokens.shape[0]);
    refuseResets('RecurrentMemoryModel', context);
    return scoped(() => {
      const x = this.model.embed(tokens);
      let now = state;
      const { segmentLength } = state;
      const place = { filled: segmentLength - state.room, segmentLength };
      const hidden = readSegments(x, place, context, (piece, seen, { start, count, ends }) => {
        now = this.#opened(now, x.shape[0], seen);
        const read = this.model.readVectors(piece, now.inner!, ofPositions(seen, start, count));
        now = { ...now, inner: read.state, room: now.room - count };
        if (ends) now = this.endSegment(now, seen);
        return read.hidden;
      });
      return { logits: this.model.logitsOf(hidden), state: now };
    });
  }

  /**
   * Writes the memory for the next segment, whether this one is full or not: `step` does so by itself where one is. The
   * caller disposes the new state.
   */
  endSegment(state: RecurrentMemoryState, context: StepContext = {}): RecurrentMemoryState {
    const { memory, inner, segmentLength, segments } = state;
    if (!memory || !inner) return state;
    return scoped(() => {
      const { hidden } = this.model.readVectors(memory, inner, onlyWatching(within(context, 'memoryWritten')));
      const cut = (segments + 1) % this.#gradientSegments === 0;
      return { memory: cut ? detach(hidden) : hidden, room: segmentLength, segmentLength, segments: segments + 1 };
    });
  }

  /** The state with the memory before this segment read. */
  #opened(state: RecurrentMemoryState, batch: number, context: StepContext): RecurrentMemoryState {
    if (state.inner) return state;
    const learned = () => add(this.memory.value, zeros([batch, this.memoryTokens, this.model.width])) as Tensor3D;
    const memory = state.memory ?? learned();
    const start = this.model.initState(batch);
    const { state: inner } = this.model.readVectors(memory, start, onlyWatching(within(context, 'memoryRead')));
    return { ...state, memory, inner };
  }
}

/** The context of some positions of a chunk. Places in the text are counted within the segment, by the model itself. */
function ofPositions(
  { attentionMask, positions: _, ...context }: StepContext,
  start: number,
  count: number,
): StepContext {
  return {
    ...context,
    logits: 'all',
    ...(attentionMask && { attentionMask: slice(attentionMask, [0, start], [-1, count]) }),
  };
}

/** The context of memory tokens: nothing that is said of the tokens holds for them. */
function onlyWatching({ observe, random }: StepContext): StepContext {
  return { logits: 'all', observe, random };
}
