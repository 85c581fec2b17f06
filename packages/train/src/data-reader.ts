import { isResumable, type Json, SequiturError } from '@sequitur/core';

/**
 * Training data: an iterable of batches. Resumable data continue at the position; other data are read again up to it.
 */
export type TrainingData<Batch> = Iterable<Batch> | AsyncIterable<Batch>;

/** Reads batches and counts them. */
export class DataReader<Batch> {
  readonly #data: TrainingData<Batch>;
  readonly #iterator: Iterator<Batch> | AsyncIterator<Batch>;
  #batches = 0;

  private constructor(data: TrainingData<Batch>) {
    this.#data = data;
    this.#iterator = Symbol.asyncIterator in data ? data[Symbol.asyncIterator]() : data[Symbol.iterator]();
  }

  /**
   * Opens the data.
   *
   * @param from the position where an earlier run stopped
   */
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
        expected: `data with the ${batches} batches that the run has already read`,
        got: `${skipped}`,
        fix: 'Pass the data from their beginning, as at the start of the run',
      });
    }
  }

  get batches(): number {
    return this.#batches;
  }

  /** The position in the data, if they are resumable. */
  get position(): Json {
    return isResumable(this.#data) ? this.#data.position : null;
  }

  /** The next batches, at most `count`. */
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
