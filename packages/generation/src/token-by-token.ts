import type { CausalModel } from '@sequitur/core';
import { logSumExp } from './processors/probabilities.js';
import { Reader, type Scores } from './reader.js';
import type { Generation } from './resolve.js';
import { type GenerationStep, grow, type Row } from './row.js';

/** Greedy decoding and sampling: one token of every row per step. */
export async function* tokenByToken(model: CausalModel, generation: Generation): AsyncGenerator<GenerationStep> {
  const { rows, signal } = generation;
  const reader = new Reader(model);
  try {
    let scores = await readPrompts(reader, generation);
    while (rows.some(({ finish }) => !finish)) {
      signal?.throwIfAborted();
      yield stepOf(rows, (row, index) => choose(row, scores[index]!, generation));
      if (rows.every(({ finish }) => finish)) return;
      const next = await continueReading(model, reader, generation);
      if (!next) return;
      scores = next;
    }
  } finally {
    reader.dispose();
  }
}

/** Reads each prompt once, for any number of sequences, unless there is nothing to generate. */
async function readPrompts(reader: Reader, { rows, sequences, signal }: Generation): Promise<Scores> {
  for (const row of rows) if (row.limit === 0) row.finish = 'length';
  if (rows.every(({ finish }) => finish)) return [];
  signal?.throwIfAborted();
  const prompts = rows.filter((_, index) => index % sequences === 0).map(({ tokens }) => tokens);
  return reader.begin(prompts, sequences);
}

/**
 * Reads the last chosen tokens; where the context is full, returns null or reads the later half of each sequence again.
 */
async function continueReading(
  model: CausalModel,
  reader: Reader,
  { rows, whenFull }: Generation,
): Promise<Scores | null> {
  // The input of a row that has ended does not matter.
  if (reader.room > 0 && reader.mustReread) return reader.begin(rows.map(({ tokens }) => tokens));
  if (reader.room > 0) return reader.next(rows.map(({ tokens }) => tokens.at(-1)!));
  if (whenFull === 'slide') {
    const kept = Math.max(1, Math.floor(model.contextLength / 2));
    return reader.begin(rows.map(({ tokens }) => tokens.slice(-kept)));
  }
  for (const row of rows) row.finish ??= 'context';
  return null;
}

/** Chooses the next token from a row's scores, and appends it. */
function choose(row: Row, scores: Float32Array, generation: Generation): void {
  const logProbabilityOf = generation.logProbabilities ? logProbabilities(scores.slice()) : () => undefined;
  generation.process(scores, row);
  const token = generation.sample(scores, row.random);
  grow(row, token, generation.ending, logProbabilityOf(token));
}

/** The function token -> log softmax(scores)[token]. */
export function logProbabilities(scores: Float32Array): (token: number) => number {
  const normalizer = logSumExp(scores);
  return (token) => scores[token]! - normalizer;
}

/** One step over all rows that have not ended. */
export function stepOf(rows: readonly Row[], choose: (row: Row, index: number) => void): GenerationStep {
  const grown = rows.map((row, index) => {
    if (row.finish) return false;
    choose(row, index);
    return true;
  });
  return {
    tokens: rows.map(({ tokens }, index) => (grown[index] ? tokens.at(-1)! : null)),
    ...(rows.some(({ logProbabilities }) => logProbabilities.length > 0) && {
      logProbabilities: rows.map((row, index) => (grown[index] ? row.logProbabilities.at(-1)! : null)),
    }),
  };
}
