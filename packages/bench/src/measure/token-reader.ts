import { type CausalModel, disposeState, replaceState, tokenTensor } from '@sequitur/core';

/** Reads tokens one call after another, as generation does, and holds the state between them; the caller disposes it. */
export class TokenReader {
  readonly #model: CausalModel;
  #state;

  constructor(model: CausalModel) {
    this.#model = model;
    this.#state = model.initState(1);
  }

  /** The logits [vocabulary] of the token that follows. */
  async read(tokens: readonly number[]): Promise<Float32Array> {
    const input = tokenTensor([tokens], this.#model.vocabularySize);
    const { logits, state } = this.#model.step(input, this.#state, { logits: 'last' });
    this.#state = replaceState(this.#state, state);
    input.dispose();
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return values;
  }

  dispose(): void {
    disposeState(this.#state);
  }
}
