import { SequiturError, shorten, showValue } from '@sequitur/core';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A plain JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** A batch and the position after it. */
export interface Step<Batch, State> {
  readonly batch: Batch;
  readonly state: State;
}

/**
 * A resumable stream of batches: `position` is small plain JSON, and `resumeAt` continues after the batch that was read
 * there, in another process too. Iterating continues from the position; a finite stream restarts after its end.
 */
export class Batches<Batch> implements Iterable<Batch> {
  readonly #source: JsonObject;
  readonly #first: JsonObject;
  readonly #next: (state: JsonObject) => Step<Batch, JsonObject> | null;
  #state: JsonObject;

  private constructor(
    source: JsonObject,
    first: JsonObject,
    next: (state: JsonObject) => Step<Batch, JsonObject> | null,
  ) {
    this.#source = source;
    this.#first = first;
    this.#state = first;
    this.#next = next;
  }

  /**
   * A stream of batches.
   *
   * @param source identifies the data
   * @param first the position of the first batch
   * @param next the batch at a position, or null at the end; depends on the position only
   */
  static from<Batch, State extends JsonObject>(
    source: JsonObject,
    first: State,
    next: (state: State) => Step<Batch, State> | null,
  ): Batches<Batch> {
    // Only states that `next` returned, or that have their shape, are passed to it.
    return new Batches(source, first, next as (state: JsonObject) => Step<Batch, JsonObject> | null);
  }

  /** The position after all batches read so far. */
  get position(): JsonObject {
    return { source: this.#source, state: this.#state };
  }

  /**
   * Continues after the batch that was read at `position`.
   *
   * @throws SequiturError where the position belongs to other data
   */
  resumeAt(position: unknown): void {
    const { source, state } = (position ?? {}) as { readonly source?: JsonObject; readonly state?: JsonObject };
    const [got, expected] = [source, this.#source].map((each) => JSON.stringify(each) ?? 'nothing');
    if (got !== expected || !state || !sameShape(state, this.#first)) {
      throw new SequiturError({
        where: 'resumeAt',
        expected: `a position in these data (${shorten(expected!)})`,
        got: got === expected ? showValue(state ?? null) : shorten(got!),
        fix: 'Resume with the same data, window length, batch size and seed as before',
      });
    }
    this.#state = state;
  }

  *[Symbol.iterator](): Generator<Batch> {
    for (let step = this.#next(this.#state); step; step = this.#next(this.#state)) {
      this.#state = step.state;
      yield step.batch;
    }
    this.#state = this.#first;
  }
}

function sameShape(value: object, other: object): boolean {
  return JSON.stringify(Object.keys(value).sort()) === JSON.stringify(Object.keys(other).sort());
}
