import { type CausalModel, Module, mapState, type StateTree, type StepContext } from '@sequitur/core';
import { slice, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A model that has read the beginning of a sequence: it skips these tokens and starts from their state. It reports the
 * states that it reaches, so that the next sequence can continue from there.
 */
export class ContinuedModel extends Module implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly #model: CausalModel;
  readonly #start: StateTree | null;
  readonly #read: number;
  /** Number of tokens of the next chunk that the state has read already. */
  #skipped = 0;
  readonly #onState: (state: StateTree, added: number) => void;

  /**
   * Wraps a model.
   *
   * @param read number of tokens that `start` has read
   * @param onState called after each step with the state, which remains owned by the reader, and the number of added
   *   tokens
   */
  constructor(
    model: CausalModel,
    start: StateTree | null,
    read: number,
    onState: (state: StateTree, added: number) => void,
  ) {
    super();
    this.vocabularySize = model.vocabularySize;
    this.contextLength = model.contextLength;
    this.#model = model;
    this.#start = start;
    this.#read = read;
    this.#onState = onState;
  }

  /** The state of the beginning, with shared tensors. */
  initState(batchSize: number): StateTree {
    this.#skipped = this.#read;
    return this.#start === null ? this.#model.initState(batchSize) : mapState(this.#start, (tensor) => tensor.clone());
  }

  step(tokens: Tensor2D, state: StateTree, context?: StepContext) {
    const skipped = this.#skipped;
    this.#skipped = 0;
    const unread = slice(tokens, [0, skipped]);
    try {
      const result = this.#model.step(unread, state, context);
      this.#onState(result.state, unread.shape[1]);
      return result;
    } finally {
      unread.dispose();
    }
  }
}
