import type { Random } from '@sequitur/core';
import { largestPlaces } from '../processors/probabilities.js';
import type { Ending, Row, SequenceInRow } from '../row.js';
import { noTokenLeft } from '../scores.js';
import type { ResolvedBeams } from '../strategy.js';
import { Hypotheses } from './hypotheses.js';

/** A beam: a candidate that is continued. */
export interface Beam {
  /** Generated tokens only. */
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Σ of the log-probabilities after the logits processors. */
  readonly total: number;
  /** Its index among the beams of the group at the previous step. */
  readonly parent: number;
}

/** A token that may follow one of the beams. */
interface Candidate {
  readonly beam: number;
  readonly token: number;
  readonly total: number;
}

/** The total of all beams but the first at the first step, where all beams of a group are equal. */
const NEVER_FIRST = -1e9;

/** The beams of one prompt that compete with each other. */
export class BeamGroup {
  readonly hypotheses: Hypotheses;
  beams: readonly Beam[];
  resolved = false;
  readonly #row: Row;
  readonly #ending: Ending;
  /** Candidates per step. */
  readonly #candidates: number;

  constructor(size: number, row: Row, ending: Ending, options: ResolvedBeams) {
    this.hypotheses = new Hypotheses(size, options, row.limit);
    this.beams = Array.from({ length: size }, (_, parent) => ({
      ...{ tokens: [], logProbabilities: [], parent },
      total: parent === 0 ? 0 : NEVER_FIRST,
    }));
    this.#row = row;
    this.#ending = ending;
    this.#candidates = options.candidates * size;
  }

  /**
   * One step of the search.
   *
   * @param scores log-probabilities of the next token of every beam, after the logits processors
   * @param raw a beam and a token -> its log-probability under the model
   * @param random present where candidates are sampled
   */
  advance(
    scores: readonly Float32Array[],
    raw: (beam: number, token: number) => number | undefined,
    random: Random | undefined,
  ): void {
    const size = this.beams.length;
    const candidates = this.#best(scores, random);
    if (candidates[0]!.total === -Infinity) throw noTokenLeft(this.sequenceOf(0));
    const length = this.beams[0]!.tokens.length + 1;
    const next: Beam[] = [];
    for (const [rank, { beam, token, total }] of candidates.entries()) {
      const { tokens, logProbabilities } = this.beams[beam]!;
      const own = raw(beam, token);
      const candidate = {
        tokens: [...tokens, token],
        logProbabilities: own === undefined ? [] : [...logProbabilities, own],
      };
      const finish = this.#ending(candidate.tokens);
      if (!finish) next.push({ ...candidate, total, parent: beam });
      // A finished sequence counts only if it is among the best beams at this step.
      else if (rank < size) this.hypotheses.add({ ...candidate, finish }, total);
      if (next.length === size) break;
    }
    this.resolved = this.hypotheses.isDone(candidates[0]!.total, length) || next.length === 0;
    // Too few remain only if stop strings end more sequences than there are spare candidates.
    while (next.length > 0 && next.length < size) next.push({ ...next[0]!, total: NEVER_FIRST });
    if (next.length > 0) this.beams = next;
  }

  /** Finishes all beams in their current state. */
  finish(finish: 'length' | 'context'): void {
    if (this.resolved) return;
    for (const { tokens, logProbabilities, total } of this.beams) {
      if (tokens.length > 0) this.hypotheses.add({ tokens, logProbabilities, finish }, total);
    }
    this.resolved = true;
  }

  #best(scores: readonly Float32Array[], random: Random | undefined): Candidate[] {
    const vocabulary = scores[0]!.length;
    const totals = new Float64Array(scores.length * vocabulary);
    for (const [beam, own] of scores.entries()) {
      const { total } = this.beams[beam]!;
      for (let token = 0; token < vocabulary; token++) totals[beam * vocabulary + token] = total + own[token]!;
    }
    const places = largestPlaces(random ? perturbed(totals, random) : totals, this.#candidates);
    const candidates = places.map((place) => ({
      ...{ beam: Math.floor(place / vocabulary), token: place % vocabulary },
      total: totals[place]!,
    }));
    return random ? candidates.sort((a, b) => b.total - a.total) : candidates;
  }

  /**
   * A beam as the sequence that logits processors get.
   *
   * @param rivals tokens that earlier groups have just chosen
   */
  sequenceOf(beam: number, rivals: readonly number[] = []): SequenceInRow {
    const { tokens } = this.beams[beam]!;
    return { ...this.#row, tokens: [...this.#row.tokens, ...tokens], rivals, isBeam: true };
  }
}

/**
 * Log-weights with Gumbel noise: the largest ones are a sample without replacement (Kool, van Hoof and Welling 2019,
 * section 2.3).
 */
function perturbed(logarithms: Float64Array, random: Random): Float64Array {
  return logarithms.map((logarithm) =>
    logarithm === -Infinity ? logarithm : logarithm - Math.log(-Math.log(random.uniform() || Number.MIN_VALUE)),
  );
}
