import { type CausalModel, SequiturError } from '@sequitur/core';
import { beamSearch } from './beams/beam-search.js';
import { contrastiveSearch } from './contrastive-search.js';
import type { GenerateOptions } from './options.js';
import { checkCount } from './processors/processor.js';
import { type Finish, type GenerationStep, type Row, rowsOf } from './row.js';
import { speculative } from './speculation/speculative.js';
import { tokenByToken } from './token-by-token.js';

/** Lists of token ids, none of them empty. */
export type Prompts = readonly (readonly number[])[];

/**
 * Generates a continuation of each prompt, all prompts in one batch, one token per step. Shorter prompts are padded on
 * the left, which does not affect the result.
 *
 * Each step yields the new token of every sequence, null for those that have ended; with `sequences` above 1 those of
 * one prompt are neighbours. Leaving the loop early, by `break`, an error or the signal, frees everything. With
 * `beamSearch` all steps come after the search.
 *
 * @throws SequiturError when a prompt is empty, too long, or has an unknown id, and when options contradict each other
 */
export async function* generate(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): AsyncGenerator<readonly (number | null)[]> {
  for await (const { tokens } of generateSteps(model, prompts, options)) yield tokens;
}

/** As `generate`; each step also holds the log-probabilities if requested. */
export async function* generateSteps(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): AsyncGenerator<GenerationStep> {
  yield* write(model, start(model, prompts, options), options);
}

/** A complete generated sequence. */
export interface GeneratedSequence {
  /** Generated tokens, without the prompt. */
  readonly tokens: readonly number[];
  readonly finish: Finish;
  /** The log-probability of each token, if requested. */
  readonly logProbabilities?: readonly number[];
  /** Beam search: Σ log-probability / length ^ lengthPenalty. */
  readonly score?: number;
}

/**
 * Generates complete sequences: for each prompt as many as the option `sequences`, those of a beam search best first.
 */
export async function generateSequences(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): Promise<GeneratedSequence[][]> {
  const rows = start(model, prompts, options);
  for await (const _ of write(model, rows, options));
  const { sequences = 1 } = options;
  return prompts.map((_, index) => rows.slice(index * sequences, (index + 1) * sequences).map(sequenceOf));
}

function sequenceOf({ tokens, promptLength, finish, logProbabilities, score }: Row): GeneratedSequence {
  return {
    tokens: tokens.slice(promptLength),
    finish: finish ?? 'length',
    ...(logProbabilities.length > 0 && { logProbabilities }),
    ...(score !== undefined && { score }),
  };
}

function start(model: CausalModel, prompts: Prompts, options: GenerateOptions): Row[] {
  const { sequences = 1, maxTokens, maxLength, beamSearch: beams, contrastive, speculation } = options;
  checkCount('sequences', sequences);
  if (maxTokens !== undefined && maxTokens !== Infinity) checkCount('maxTokens', maxTokens, 0);
  if (maxLength !== undefined && maxLength !== Infinity) checkCount('maxLength', maxLength, 1);
  const strategies = Object.entries({ beamSearch: beams, contrastive, speculation }).filter(([, value]) => value);
  if (strategies.length > 1) {
    throw new SequiturError({
      where: 'generation',
      expected: 'one generation strategy',
      got: strategies.map(([name]) => name).join(' and '),
    });
  }
  if (prompts.length === 0)
    throw new SequiturError({ where: 'generate', expected: 'at least one prompt', got: 'none' });
  return rowsOf(model, prompts, options);
}

function write(model: CausalModel, rows: readonly Row[], options: GenerateOptions): AsyncGenerator<GenerationStep> {
  if (options.beamSearch) return beamSearch(model, rows, options);
  if (options.speculation) return speculative(model, rows, options);
  if (options.contrastive) return contrastiveSearch(model, rows, options);
  return tokenByToken(model, rows, options);
}
