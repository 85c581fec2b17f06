import {
  type CausalModel,
  disposeState,
  hostSoftmax,
  type Observe,
  reorder,
  replaceState,
  SequiturError,
  type StateTree,
  tokenTensor,
} from '@sequitur/core';
import { concat, dispose, keep, reshape, slice, type Tensor, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { largestPlaces } from './processors/probabilities.js';
import type { Generation } from './resolve.js';
import { type GenerationStep, grow, type Row } from './row.js';
import type { ResolvedContrastive } from './strategy.js';
import { logProbabilities, stepOf } from './token-by-token.js';

/**
 * Contrastive search (Su et al. 2022, equation 5): of the most likely candidates the one with the largest (1 - α)
 * p(token) - α max cos(hidden, earlier hidden). All candidates of a sequence are read in one step, with one readback;
 * sequences are processed one by one.
 */
export async function* contrastiveSearch(
  model: CausalModel,
  generation: Generation,
  options: ResolvedContrastive,
): AsyncGenerator<GenerationStep> {
  const { rows, signal } = generation;
  const searches = rows.map((row) => new ContrastiveSequence(model, row, generation, options));
  try {
    while (rows.some(({ finish }) => !finish)) {
      for (const search of searches) {
        signal?.throwIfAborted();
        await search.prepare();
      }
      if (rows.every(({ finish }) => finish)) return;
      yield stepOf(rows, (_, index) => searches[index]!.takeOne());
    }
  } finally {
    for (const search of searches) search.dispose();
  }
}

/**
 * The model's output after a candidate: scores of the next token, and the last hidden state, normalised to length 1.
 */
interface Reading {
  readonly scores: Float32Array;
  readonly hidden: Float32Array;
}

/** One sequence and the hidden states of all its tokens. */
class ContrastiveSequence {
  readonly #model: CausalModel;
  readonly #row: Row;
  readonly #generation: Generation;
  readonly #options: ResolvedContrastive;
  /** The hidden state of every token, normalised to length 1. */
  readonly #said: Float32Array[] = [];
  #state: StateTree;
  #scores: Float32Array | null = null;
  #chosen: { readonly token: number; readonly logProbability: number | undefined } | null = null;

  constructor(model: CausalModel, row: Row, generation: Generation, options: ResolvedContrastive) {
    this.#model = model;
    this.#row = row;
    this.#generation = generation;
    this.#options = options;
    this.#state = model.initState(1);
    if (row.limit === 0) row.finish = 'length';
  }

  /** Chooses the next token, unless the sequence has ended. */
  async prepare(): Promise<void> {
    if (this.#row.finish) return;
    if (!this.#scores) await this.#readPrompt();
    if (this.#model.contextLength <= this.#row.tokens.length) {
      this.#row.finish = 'context';
      return;
    }
    const { candidates: count, penalty } = this.#options;
    const known = this.#generation.logProbabilities ? logProbabilities(this.#scores!.slice()) : () => undefined;
    const scores = this.#scores!.slice();
    this.#generation.process(scores, this.#row);
    const probabilities = hostSoftmax(scores);
    const candidates = largestPlaces(scores, Math.min(count, scores.length)).filter(
      (token) => scores[token]! > -Infinity,
    );
    const readings = await this.#try(candidates);
    const merits = readings.map(({ hidden }, place) => {
      const likeness = Math.max(...this.#said.map((before) => dot(before, hidden)));
      return (1 - penalty) * probabilities[candidates[place]!]! - penalty * likeness;
    });
    const [best] = largestPlaces(merits, 1) as [number];
    this.#goOnWith(best);
    this.#said.push(readings[best]!.hidden);
    this.#scores = readings[best]!.scores;
    this.#chosen = { token: candidates[best]!, logProbability: known(candidates[best]!) };
  }

  /** Appends the chosen token to the sequence. */
  takeOne(): void {
    grow(this.#row, this.#chosen!.token, this.#generation.ending, this.#chosen!.logProbability);
  }

  dispose(): void {
    disposeState(this.#state);
  }

  async #readPrompt(): Promise<void> {
    const { tokens } = this.#row;
    const { logits, hidden, state } = this.#step([tokens], this.#state);
    this.#state = replaceState(this.#state, state);
    const [, length, vocabulary] = logits.shape;
    const last = slice(logits, [0, length - 1, 0], [1, 1, vocabulary]);
    try {
      const [scores, states] = (await Promise.all([last.data(), hidden.data()])) as [Float32Array, Float32Array];
      const width = states.length / length;
      for (let place = 0; place < length; place++)
        this.#said.push(unit(states.slice(place * width, (place + 1) * width)));
      this.#scores = scores;
    } finally {
      dispose([logits, hidden, last]);
    }
  }

  /** Reads each candidate after the sequence. The state then has one row per candidate, until one is chosen. */
  async #try(candidates: readonly number[]): Promise<Reading[]> {
    const start = reorder(
      this.#state,
      candidates.map(() => 0),
    );
    disposeState(this.#state);
    this.#state = start;
    const rows = candidates.map((token) => [token]);
    const { logits, hidden, state } = this.#step(rows, start);
    this.#state = replaceState(start, state);
    const joined = tidy(() => concat([reshape(logits, [rows.length, -1]), reshape(hidden, [rows.length, -1])], 1));
    dispose([logits, hidden]);
    try {
      const values = (await joined.data()) as Float32Array; // [candidates, vocabulary + width]
      const [, size] = joined.shape as [number, number];
      return rows.map((_, row) => {
        const own = values.slice(row * size, (row + 1) * size);
        return {
          scores: own.slice(0, this.#model.vocabularySize),
          hidden: unit(own.slice(this.#model.vocabularySize)),
        };
      });
    } finally {
      joined.dispose();
    }
  }

  #goOnWith(row: number): void {
    const own = reorder(this.#state, [row]);
    disposeState(this.#state);
    this.#state = own;
  }

  /** One step with the hidden state [rows, length, width]; the caller disposes all three. */
  #step(
    rows: readonly (readonly number[])[],
    state: StateTree,
  ): { logits: Tensor3D; hidden: Tensor; state: StateTree } {
    const { hidden: wanted } = this.#options;
    const observed: string[] = [];
    const found: Tensor[] = [];
    const observe: Observe = (name, tensor) => {
      observed.push(name);
      if (name === wanted) found.push(keep(tensor.clone()));
    };
    const tokens = tokenTensor(rows, this.#model.vocabularySize);
    try {
      const step = this.#model.step(tokens, state, { observe });
      const hidden = found.pop();
      if (hidden) return { ...step, hidden };
      step.logits.dispose();
      replaceState(step.state, state);
      throw notObserved(wanted, observed);
    } finally {
      dispose([tokens, ...found]);
    }
  }
}

/** The vector normalised to length 1. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function notObserved(wanted: string, observed: readonly string[]): SequiturError {
  return new SequiturError({
    where: 'generation, contrastive',
    expected: `an observation '${wanted}' that holds the last hidden state`,
    got: [...new Set(observed)].join(', ') || 'no observations',
    fix: 'Name one of these with contrastive: { hidden }',
  });
}
