import { type CausalModel, Module, mapState, type StateTree, type StepContext } from '@sequitur/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * A model that continues a sequence: generation starts from its state. It reports what it read, so that the next
 * sequence can continue there.
 */
export class ContinuedModel extends Module implements CausalModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly #model: CausalModel;
  readonly #start: StateTree | null;
  readonly #onState: (state: StateTree, added: number) => void;

  /**
   * @param read how many tokens `start` has seen
   * @param onState is called after each step with the state, which stays the reader's, and with how many tokens it added
   */
  constructor(
    model: CausalModel,
    start: StateTree | null,
    read: number,
    onState: (state: StateTree, added: number) => void,
  ) {
    super();
    this.vocabularySize = model.vocabularySize;
    this.contextLength = model.contextLength - read;
    this.#model = model;
    this.#start = start;
    this.#onState = onState;
  }

  /** Shares its numbers with the state that it starts from. */
  initState(batchSize: number): StateTree {
    return this.#start === null ? this.#model.initState(batchSize) : mapState(this.#start, (tensor) => tensor.clone());
  }

  step(tokens: Tensor2D, state: StateTree, context?: StepContext) {
    const result = this.#model.step(tokens, state, context);
    this.#onState(result.state, tokens.shape[1]);
    return result;
  }
}
