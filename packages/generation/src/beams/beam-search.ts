import type { CausalModel } from '@sequitur/core';
import { Reader, type Scores } from '../reader.js';
import type { Generation } from '../resolve.js';
import type { GenerationStep, Row } from '../row.js';
import type { ResolvedBeams } from '../strategy.js';
import { logProbabilities } from '../token-by-token.js';
import { BeamGroup } from './beam-group.js';
import type { Hypothesis } from './hypotheses.js';

/**
 * Beam search over all prompts together; scores and end conditions are those of Hugging Face (transformers 4.44).
 * Sequences are known only when the search is over, and are then yielded step by step.
 */
export async function* beamSearch(
  model: CausalModel,
  generation: Generation,
  options: ResolvedBeams,
): AsyncGenerator<GenerationStep> {
  const { rows, sequences } = generation;
  const searches = rows
    .filter((_, index) => index % sequences === 0)
    .map((row) => new PromptSearch(row, generation, options));
  await search(model, searches, options.beams, generation.signal);
  for (const [index, { best }] of searches.map((prompt) => ({ best: prompt.best(sequences) })).entries()) {
    for (const [place, hypothesis] of best.entries()) resolve(rows[index * sequences + place]!, hypothesis);
  }
  yield* stepsOf(rows, generation.logProbabilities);
}

async function search(
  model: CausalModel,
  prompts: readonly PromptSearch[],
  beams: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (prompts.every(({ resolved }) => resolved)) return;
  signal?.throwIfAborted();
  const reader = new Reader(model);
  try {
    let scores = await reader.begin(
      prompts.map(({ row }) => row.tokens),
      beams,
    );
    for (;;) {
      for (const [index, prompt] of prompts.entries()) prompt.advance(scores.slice(index * beams, (index + 1) * beams));
      if (prompts.every(({ resolved }) => resolved)) return;
      if (reader.room < 1) break;
      signal?.throwIfAborted();
      reader.reorder(prompts.flatMap(({ parents }, index) => parents.map((parent) => index * beams + parent)));
      scores = await reader.next(prompts.flatMap(({ lastTokens }) => lastTokens));
    }
    for (const prompt of prompts) prompt.finish('context');
  } finally {
    reader.dispose();
  }
}

/** The search of one prompt: its groups of beams. */
class PromptSearch {
  readonly row: Row;
  readonly #groups: readonly BeamGroup[];
  readonly #generation: Generation;
  readonly #settledToken: number | undefined;

  constructor(row: Row, generation: Generation, options: ResolvedBeams) {
    const { beams, groups, finishedGroupToken } = options;
    this.row = row;
    this.#settledToken = finishedGroupToken;
    this.#groups = Array.from({ length: groups }, () => new BeamGroup(beams / groups, row, generation.ending, options));
    this.#generation = generation;
    if (row.limit === 0) this.finish('length');
  }

  get resolved(): boolean {
    return this.#groups.every(({ resolved }) => resolved);
  }

  /** For every beam, the index of the beam of the previous step that it continues. */
  get parents(): number[] {
    const size = this.#groups[0]!.beams.length;
    return this.#groups.flatMap(({ beams, resolved }, index) =>
      beams.map(({ parent }, place) => index * size + (resolved ? place : parent)),
    );
  }

  /** The next input token of every beam; the output of finished groups is not used. */
  get lastTokens(): number[] {
    return this.#groups.flatMap(({ beams }) => beams.map(({ tokens }) => tokens.at(-1) ?? this.row.tokens.at(-1)!));
  }

  /** @param logits of the next token of every beam */
  advance(logits: Scores): void {
    const rivals: number[] = [];
    const size = this.#groups[0]!.beams.length;
    for (const [index, group] of this.#groups.entries()) {
      if (group.resolved) {
        if (this.#settledToken !== undefined) rivals.push(...new Array<number>(size).fill(this.#settledToken));
        continue;
      }
      this.#advanceGroup(group, logits.slice(index * size, (index + 1) * size), rivals);
      rivals.push(...group.beams.map(({ tokens }) => tokens.at(-1)!));
    }
    if (this.#groups.some(({ beams }) => beams[0]!.tokens.length >= this.row.limit)) this.finish('length');
  }

  finish(finish: 'length' | 'context'): void {
    for (const group of this.#groups) group.finish(finish);
  }

  /** The best sequences of all groups, best first. */
  best(count: number): Hypothesis[] {
    const all = this.#groups.flatMap(({ hypotheses }) => hypotheses.kept);
    return all.sort((a, b) => b.score - a.score).slice(0, count);
  }

  #advanceGroup(group: BeamGroup, logits: Scores, rivals: readonly number[]): void {
    const { process, isSampling } = this.#generation;
    const known = logits.map((scores) =>
      this.#generation.logProbabilities ? logProbabilities(scores.slice()) : () => undefined,
    );
    for (const [beam, scores] of logits.entries()) process(scores, group.sequenceOf(beam, rivals));
    group.advance(logits, (beam, token) => known[beam]!(token), isSampling ? this.row.random : undefined);
  }
}

function resolve(row: Row, { tokens, logProbabilities, score, finish }: Hypothesis): void {
  row.tokens.push(...tokens);
  row.logProbabilities.push(...logProbabilities);
  row.score = score;
  row.finish = finish;
}

function* stepsOf(rows: readonly Row[], logProbabilities: boolean): Generator<GenerationStep> {
  const steps = Math.max(...rows.map(({ tokens, promptLength }) => tokens.length - promptLength));
  for (let step = 0; step < steps; step++) {
    yield {
      tokens: rows.map(({ tokens, promptLength }) => tokens[promptLength + step] ?? null),
      ...(logProbabilities && { logProbabilities: rows.map((row) => row.logProbabilities[step] ?? null) }),
    };
  }
}
