import type { ResolvedBeams } from '../strategy.js';

/** A finished sequence that a beam search may return. */
export interface Hypothesis {
  /** Generated tokens only. */
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Σ log-probability / length ^ lengthPenalty. */
  readonly score: number;
  readonly finish: 'end' | 'stop' | 'length' | 'context';
}

/** The best finished sequences of one prompt, or of one group of its beams, up to a maximum count. */
export class Hypotheses {
  readonly #size: number;
  readonly #lengthPenalty: number;
  readonly #earlyStopping: boolean | 'never';
  readonly #limit: number;
  readonly #kept: Hypothesis[] = [];

  /** @param limit maximum number of tokens of a sequence */
  constructor(size: number, { lengthPenalty, earlyStopping }: ResolvedBeams, limit: number) {
    this.#size = size;
    this.#lengthPenalty = lengthPenalty;
    this.#earlyStopping = earlyStopping;
    this.#limit = limit;
  }

  get kept(): readonly Hypothesis[] {
    return this.#kept;
  }

  /** Adds the sequence if it is among the best. */
  add(sequence: Omit<Hypothesis, 'score'>, logProbability: number): void {
    const score = this.#scoreOf(logProbability, sequence.tokens.length);
    if (this.#kept.length === this.#size) {
      const worst = this.#placeOfWorst();
      if (!(score > this.#kept[worst]!.score)) return;
      this.#kept.splice(worst, 1);
    }
    this.#kept.push({ ...sequence, score });
  }

  /**
   * Whether the search is over.
   *
   * @param logProbability of the best candidate of this step, finished or not
   * @param length its generated tokens
   */
  isDone(logProbability: number, length: number): boolean {
    if (this.#kept.length < this.#size) return false;
    if (this.#earlyStopping === true) return true;
    // Where longer sequences score higher, a candidate is best at its maximum length.
    const mostFavourable = this.#earlyStopping === 'never' && this.#lengthPenalty > 0 ? this.#limit : length;
    return this.#kept[this.#placeOfWorst()]!.score >= this.#scoreOf(logProbability, mostFavourable);
  }

  #scoreOf(logProbability: number, length: number): number {
    return logProbability / length ** this.#lengthPenalty;
  }

  /** The index of the worst one, the first of equal ones. */
  #placeOfWorst(): number {
    let worst = 0;
    for (const [place, { score }] of this.#kept.entries()) if (score < this.#kept[worst]!.score) worst = place;
    return worst;
  }
}
