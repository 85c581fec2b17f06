import { isResumable, type Json, SequiturError } from '@sequitur/core';

/** Anything that gives batches; those that are resumable continue at once, others are read again up to where they were. */
export type TrainingData<Batch> = Iterable<Batch> | AsyncIterable<Batch>;

/** Reads batches and knows how many there were. */
export class DataReader<Batch> {
  readonly #data: TrainingData<Batch>;
  readonly #iterator: Iterator<Batch> | AsyncIterator<Batch>;
  #batches = 0;

  private constructor(data: TrainingData<Batch>) {
    this.#data = data;
    this.#iterator = Symbol.asyncIterator in data ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
  }

  /** @param from where a run before this one stopped reading */
  static async open<Batch>(
    data: TrainingData<Batch>,
    from: { readonly batches: number; readonly data: Json } | null,
  ): Promise<DataReader<Batch>> {
    if (from && isResumable(data)) data.resumeAt(from.data);
    const reader = new DataReader(data);
    if (!from) return reader;
    if (!isResumable(data)) await reader.#skip(from.batches);
    reader.#batches = from.batches;
    return reader;
  }

  async #skip(batches: number): Promise<void> {
    for (let skipped = 0; skipped < batches; skipped++) {
      if (!(await this.#iterator.next()).done) continue;
      throw new SequiturError({
        where: 'resumed training',
        expected: `data with the ${batches} batches that the run has read already`,
        got: `${skipped}`,
        fix: 'Give the data from their beginning, as the run was started with',
      });
    }
  }

  get batches(): number {
    return this.#batches;
  }

  /** Where the data stand, where they can tell. */
  get position(): Json {
    return isResumable(this.#data) ? this.#data.position : null;
  }

  /** The next batches, as many as there are up to `count`. */
  async take(count: number): Promise<Batch[]> {
    const taken: Batch[] = [];
    while (taken.length < count) {
      const next = await this.#iterator.next();
      if (next.done) break;
      taken.push(next.value);
    }
    this.#batches += taken.length;
    return taken;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
