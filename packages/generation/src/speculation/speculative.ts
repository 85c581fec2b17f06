import { type CausalModel, disposeState, hostSoftmax, replaceState, type StateTree, tokenTensor } from '@sequitur/core';
import { dispose, slice, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Generation } from '../resolve.js';
import { type GenerationStep, grow, type Row } from '../row.js';
import { sampleFrom } from '../sampling.js';
import type { ResolvedSpeculation } from '../strategy.js';
import { logProbabilities, stepOf } from '../token-by-token.js';
import { DraftModel } from './draft-model.js';
import { promptLookup } from './prompt-lookup.js';
import type { Proposal, Proposer } from './proposer.js';

/** Number of unread tokens from which the next step proposes none, so that the state advances. */
const MOST_UNREAD = 16;

/**
 * Speculative decoding (Leviathan, Kalman and Matias 2023, algorithm 1; Chen et al. 2023): one step of the model
 * verifies all proposed tokens. Sequences are processed one by one, since they accept different numbers of tokens.
 */
export async function* speculative(
  model: CausalModel,
  generation: Generation,
  options: ResolvedSpeculation,
): AsyncGenerator<GenerationStep> {
  const { rows, signal } = generation;
  const speculations = rows.map((row) => new Speculation(model, row, generation, options));
  try {
    while (rows.some(({ finish }) => !finish)) {
      for (const speculation of speculations) {
        signal?.throwIfAborted();
        await speculation.prepare();
      }
      if (rows.every(({ finish }) => finish)) return;
      yield stepOf(rows, (_, index) => speculations[index]!.takeOne());
    }
  } finally {
    for (const speculation of speculations) speculation.dispose();
  }
}

/** An accepted token, and its log-probability if requested. */
interface Chosen {
  readonly token: number;
  readonly logProbability: number | undefined;
}

/** One sequence, some tokens ahead of the output. */
class Speculation {
  readonly #model: CausalModel;
  readonly #row: Row;
  readonly #generation: Generation;
  readonly #proposer: Proposer;
  #state: StateTree;
  /** Number of tokens of the sequence that the state has read. */
  #read = 0;
  /** Number of tokens to propose next. */
  #count: number;
  #ahead: Chosen[] = [];

  constructor(model: CausalModel, row: Row, generation: Generation, options: ResolvedSpeculation) {
    const { draft, tokens, lookup } = options;
    this.#model = model;
    this.#row = row;
    this.#generation = generation;
    this.#count = tokens;
    this.#proposer = draft
      ? new DraftModel({ model: draft, generation, row, random: row.random.fork('draft') })
      : promptLookup(lookup);
    this.#state = model.initState(1);
    if (row.limit === 0) row.finish = 'length';
  }

  /** Ensures that a next token is accepted, unless the sequence has ended. */
  async prepare(): Promise<void> {
    if (this.#row.finish || this.#ahead.length > 0) return;
    const { tokens, promptLength, limit } = this.#row;
    const room = this.#model.contextLength - tokens.length;
    // The tokens that are read must fit into the context; the next token need not.
    if (room < 0) {
      this.#row.finish = 'context';
      return;
    }
    const left = Math.min(limit - (tokens.length - promptLength) - 1, room);
    const unread = tokens.length - this.#read;
    const proposed: Proposal =
      unread > MOST_UNREAD || left < 1
        ? { tokens: [] }
        : await this.#proposer.propose(tokens, Math.min(this.#count, left));
    await this.#check(proposed);
  }

  /** Appends the next accepted token to the sequence. */
  takeOne(): void {
    const { token, logProbability } = this.#ahead.shift()!;
    grow(this.#row, token, this.#generation.ending, logProbability);
  }

  dispose(): void {
    disposeState(this.#state);
    this.#proposer.dispose();
  }

  /** Reads the proposed tokens in one step, and keeps those that the model accepts and one more. */
  async #check(proposal: Proposal): Promise<void> {
    const sequence = this.#row.tokens;
    const count = proposal.tokens.length;
    const tokens = tokenTensor([[...sequence.slice(this.#read), ...proposal.tokens]], this.#model.vocabularySize);
    let step: { logits: Tensor3D; state: StateTree } | null = null;
    try {
      step = this.#model.step(tokens, this.#state, { logits: count > 0 ? 'all' : 'last' });
      const scores = await lastScores(step.logits, count + 1);
      this.#ahead = this.#chooseFrom(scores, proposal);
    } finally {
      tokens.dispose();
      step?.logits.dispose();
      const all = this.#ahead.length === count + 1;
      // After a rejection the state has read tokens outside the sequence: the previous state is kept.
      if (step && all) {
        this.#state = replaceState(this.#state, step.state);
        this.#read = sequence.length + count;
      } else if (step) replaceState(step.state, this.#state);
    }
    if (count > 0) this.#count = this.#ahead.length > count ? this.#count + 2 : Math.max(1, this.#count - 1);
  }

  /** @param scores after the sequence and after each proposed token */
  #chooseFrom(scores: readonly Float32Array[], { tokens, distributions }: Proposal): Chosen[] {
    const { process, logProbabilities: areWanted, isSampling, sample } = this.#generation;
    const chosen: Chosen[] = [];
    for (const [place, own] of scores.entries()) {
      const known = areWanted ? logProbabilities(own.slice()) : () => undefined;
      process(own, { ...this.#row, tokens: [...this.#row.tokens, ...tokens.slice(0, place)] });
      const proposed = tokens[place];
      const token = isSampling ? this.#draw(own, proposed, distributions?.[place]) : sample(own, this.#row.random);
      chosen.push({ token, logProbability: known(token) });
      if (token !== proposed) break;
    }
    return chosen;
  }

  /** Samples a token from the target distribution, preferring the proposed one as far as the distribution allows. */
  #draw(scores: Float32Array, proposed: number | undefined, draft: Float64Array | undefined): number {
    const { random } = this.#row;
    const target = hostSoftmax(scores);
    if (proposed === undefined) return sampleFrom(target, random);
    const likelihood = draft ? draft[proposed]! : 1;
    if (random.uniform() * likelihood < target[proposed]!) return proposed;
    return sampleFrom(surplus(target, proposed, draft), random);
  }
}

/** norm(max(0, target - draft)); a draft without a distribution is certain of `proposed`. */
function surplus(target: Float64Array, proposed: number, draft: Float64Array | undefined): Float64Array {
  const rest = target.map((share, token) => Math.max(0, share - (draft ? draft[token]! : Number(token === proposed))));
  const sum = rest.reduce((total, share) => total + share, 0);
  return sum > 0 ? rest.map((share) => share / sum) : target;
}

/** The scores of the last `count` positions of logits [1, length, vocabulary]; one readback. */
async function lastScores(logits: Tensor3D, count: number): Promise<Float32Array[]> {
  const [, length, vocabulary] = logits.shape;
  const last = slice(logits, [0, length - count, 0], [1, count, vocabulary]);
  try {
    const values = (await last.data()) as Float32Array;
    return Array.from({ length: count }, (_, place) => values.slice(place * vocabulary, (place + 1) * vocabulary));
  } finally {
    dispose(last);
  }
}
