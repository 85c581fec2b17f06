/** The lattice of segmentations of words into pieces with independent probabilities (Kudo 2018, section 3.2). */
export class UnigramLattice {
  readonly #ids = new Map<string, number>();
  readonly #scores: Float64Array;
  readonly #longest: number;

  /** @param scores log-probabilities of the pieces by index */
  constructor(pieces: ReadonlyMap<string, number>) {
    this.#scores = Float64Array.from(pieces.values());
    for (const piece of pieces.keys()) this.#ids.set(piece, this.#ids.size);
    this.#longest = [...pieces.keys()].reduce((most, { length }) => Math.max(most, length), 1);
  }

  /**
   * Adds the expected count of each piece over all segmentations of a word, times `count`, to `expected`
   * (forward-backward).
   *
   * @returns the log-probability of the word
   */
  addExpectations(word: string, count: number, expected: Float64Array): number {
    const arcs = this.#arcs(word);
    const forward = new Float64Array(word.length + 1).fill(-Infinity);
    const backward = new Float64Array(word.length + 1).fill(-Infinity);
    [forward[0], backward[word.length]] = [0, 0];
    for (const { from, to, id } of arcs) forward[to] = logAdd(forward[to]!, forward[from]! + this.#scores[id]!);
    for (const { from, to, id } of [...arcs].reverse()) {
      backward[from] = logAdd(backward[from]!, backward[to]! + this.#scores[id]!);
    }
    const total = forward[word.length]!;
    for (const { from, to, id } of arcs) {
      expected[id]! += count * Math.exp(forward[from]! + this.#scores[id]! + backward[to]! - total);
    }
    return total;
  }

  /** The pieces of the most probable segmentation without the piece `without`; null where there is none. */
  bestSpelling(word: string, without = -1): number[] | null {
    const best = new Float64Array(word.length + 1).fill(-Infinity);
    const last: ({ readonly from: number; readonly id: number } | undefined)[] = [];
    best[0] = 0;
    for (const { from, to, id } of this.#arcs(word)) {
      if (id === without || best[from]! + this.#scores[id]! <= best[to]!) continue;
      best[to] = best[from]! + this.#scores[id]!;
      last[to] = { from, id };
    }
    const ids: number[] = [];
    for (let at = word.length; at > 0; ) {
      const arc = last[at];
      if (!arc) return null;
      ids.push(arc.id);
      at = arc.from;
    }
    return ids.reverse();
  }

  /** Every piece of the word, by its start. */
  #arcs(word: string): { readonly from: number; readonly to: number; readonly id: number }[] {
    const arcs: { from: number; to: number; id: number }[] = [];
    for (let from = 0; from < word.length; from++) {
      for (let to = from + 1; to <= Math.min(word.length, from + this.#longest); to++) {
        const id = this.#ids.get(word.slice(from, to));
        if (id !== undefined) arcs.push({ from, to, id });
      }
    }
    return arcs;
  }
}

function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === -Infinity ? larger : larger + Math.log(Math.exp(a - larger) + Math.exp(b - larger));
}
