import { readSegments } from '@sequitur/attention';
import {
  type CausalModel,
  checkArgument,
  checkOptions,
  detach,
  expectBatchSize,
  expectMasks,
  expectState,
  expectTokens,
  type Initializer,
  initialize,
  Module,
  normal,
  option,
  optionsOf,
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
import { endedRows, expectPaddingAtEnd } from './ended-rows.js';

/** A causal model that reads embeddings instead of tokens, as `CausalStack` does. */
export interface ReadsVectors<S extends StateTree = StateTree> extends CausalModel<S> {
  readonly width: number;
  /** Token embeddings without positions: tokens int32 [batch, length] -> [batch, length, width]. */
  embed(tokens: Tensor2D): Tensor3D;
  /** x from `embed`, after the tokens of `state` -> the last block's normalised outputs. */
  readVectors(x: Tensor3D, state: S, context?: StepContext): { hidden: Tensor3D; state: S };
  logitsOf(hidden: Tensor3D): Tensor3D;
}

export interface RecurrentMemoryOptions {
  readonly memoryTokens: number;
  readonly segmentLength: number;
  /** Truncated back-propagation: the number of segments with gradients; default all. */
  readonly gradientSegments?: number;
  /** Initializer of the memory tokens; default normal with standard deviation 0.02. */
  readonly initializer?: Initializer;
}

const createOptions = optionsOf<RecurrentMemoryOptions & { readonly seed?: number | string }>({
  memoryTokens: option.count,
  segmentLength: option.count,
  gradientSegments: option.optional(option.bound),
  initializer: option.optional(option.callback),
  seed: option.optional(option.seed),
});

/** Checks the options of the constructor, which gets the whole config of a saved model. */
function checkSizes({ memoryTokens, segmentLength, gradientSegments, initializer }: RecurrentMemoryOptions): void {
  const options = { memoryTokens, segmentLength, gradientSegments, initializer } as RecurrentMemoryOptions;
  checkOptions('RecurrentMemoryModel', createOptions, options);
}

export type RecurrentMemoryState = {
  /**
   * The memory written by earlier segments: [batch, memoryTokens, width]; absent before the first, which has the
   * learned memory tokens.
   */
  readonly memory?: Tensor3D;
  /** The state of the inner model within this segment; absent before its first token. */
  readonly inner?: StateTree;
  /** Remaining tokens of this segment. */
  readonly room: number;
  /** Tokens of each later segment. */
  readonly segmentLength: number;
  /** Number of complete segments. */
  readonly segments: number;
  /** [batch, 1], 1 in rows that ended in padding; absent: none has. */
  readonly ended?: Tensor2D;
};

/**
 * Recurrent Memory Transformer (Bulatov, Kuratov and Burtsev 2022, section 3.1) around any model that reads embeddings:
 * every segment is read as [memory, tokens, memory], and the output at the memory tokens after the segment is the
 * memory before the next one. The state is constant in the length. Segments count all positions, so padding is allowed
 * only after a sequence.
 *
 * Observable: the values of the inner model, below `memoryRead` and `memoryWritten` for the memory tokens.
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
    checkSizes(options);
    this.model = model;
    this.memory = new Parameter([options.memoryTokens, model.width], options.initializer ?? normal(0.02));
    this.memoryTokens = options.memoryTokens;
    this.segmentLength = options.segmentLength;
    this.#gradientSegments = options.gradientSegments ?? Number.POSITIVE_INFINITY;
  }

  /** Creates a recurrent memory around `model`; parameters without values are initialised. The caller disposes it. */
  static create<M extends ReadsVectors>(
    model: M,
    given: RecurrentMemoryOptions & { readonly seed?: number | string },
  ): RecurrentMemoryModel<M> {
    const { seed = 0, ...options } = checkOptions('RecurrentMemoryModel.create', createOptions, given);
    return initialize(new RecurrentMemoryModel(model, options), seed);
  }

  get vocabularySize(): number {
    return this.model.vocabularySize;
  }

  /**
   * The state before the first token.
   *
   * @param first length of the first segment, and `later` of those after it, where a sequence is not split into
   *   segments of `segmentLength` from its beginning
   */
  initState(batchSize: number, first = this.segmentLength, later = this.segmentLength): RecurrentMemoryState {
    expectBatchSize('RecurrentMemoryModel', batchSize);
    checkArgument('RecurrentMemoryModel.initState, first', option.count, first);
    checkArgument('RecurrentMemoryModel.initState, later', option.count, later);
    return { room: first, segmentLength: later, segments: 0 };
  }

  /**
   * Cost of `length` tokens in segments of `segmentLength` after `seen` earlier ones, for a batch of one, around a
   * model with a cost.
   *
   * @param logits number of tokens with logits; default all
   */
  cost(this: RecurrentMemoryModel<M & CostedReader>, length: number, seen = 0, logits = length): PartCost {
    return recurrentMemoryCost(this, { length, seen, logits });
  }

  step(tokens: Tensor2D, state: RecurrentMemoryState, context: StepContext = {}) {
    expectTokens('RecurrentMemoryModel', tokens);
    expectMasks('RecurrentMemoryModel', context, { batch: tokens.shape[0], length: tokens.shape[1] });
    expectState('RecurrentMemoryModel', state, tokens.shape[0]);
    refuseResets('RecurrentMemoryModel', context);
    expectPaddingAtEnd('RecurrentMemoryModel', context.attentionMask, state.ended);
    return scoped(() => {
      const x = this.model.embed(tokens);
      const ended = context.attentionMask ? endedRows(context.attentionMask, state.ended) : state.ended;
      let now: RecurrentMemoryState = { ...state, ...(ended && { ended }) };
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
   * Ends a segment: writes the memory for the next one, even if this one is not full; `step` does so for full segments.
   * The caller disposes the new state.
   */
  endSegment(state: RecurrentMemoryState, context: StepContext = {}): RecurrentMemoryState {
    const { memory, inner, segmentLength, segments, ended } = state;
    if (!memory || !inner) return state;
    return scoped(() => {
      const { hidden } = this.model.readVectors(memory, inner, onlyWatching(within(context, 'memoryWritten')));
      const cut = (segments + 1) % this.#gradientSegments === 0;
      const next = { room: segmentLength, segmentLength, segments: segments + 1, ...(ended && { ended }) };
      return { memory: cut ? detach(hidden) : hidden, ...next };
    });
  }

  /** The state after reading the memory before this segment. */
  #opened(state: RecurrentMemoryState, batch: number, context: StepContext): RecurrentMemoryState {
    if (state.inner) return state;
    const learned = () => add(this.memory.value, zeros([batch, this.memoryTokens, this.model.width])) as Tensor3D;
    const memory = state.memory ?? learned();
    const start = this.model.initState(batch);
    const { state: inner } = this.model.readVectors(memory, start, onlyWatching(within(context, 'memoryRead')));
    return { ...state, memory, inner };
  }
}

/** The context of a range of positions. Positions are counted within the segment, by the model itself. */
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

/** The context of memory tokens: without masks and positions of the tokens. */
function onlyWatching({ observe, random }: StepContext): StepContext {
  return { logits: 'all', observe, random };
}
