/** Above this number of places, marks are stored sparsely. */
const MOST_AT_ONCE = 2 ** 25;
/** Maximum number of sparse marks of one text. */
const MOST = 2 ** 23;

/** An array of small integers, initially 0. */
export interface Marks {
  get(place: number): number;
  set(place: number, mark: number): void;
}

export function marks(places: number): Marks {
  if (places > MOST_AT_ONCE) return new SparseMarks();
  const values = new Uint8Array(places);
  return {
    get: (place) => values[place]!,
    set: (place, mark) => {
      values[place] = mark;
    },
  };
}

class SparseMarks implements Marks {
  readonly #values = new Map<number, number>();

  get(place: number): number {
    return this.#values.get(place) ?? 0;
  }

  /**
   * Sets a mark.
   *
   * @throws RangeError where there are too many
   */
  set(place: number, mark: number): void {
    if (mark === 0) this.#values.delete(place);
    else this.#values.set(place, mark);
    if (this.#values.size > MOST) throw new RangeError('a pattern too large for this text');
  }
}
