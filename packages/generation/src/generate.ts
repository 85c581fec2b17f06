import type { CausalModel } from '@sequitur/core';
import { beamSearch } from './beams/beam-search.js';
import { contrastiveSearch } from './contrastive-search.js';
import type { GenerateOptions } from './options.js';
import { type Generation, resolve } from './resolve.js';
import type { Finish, GenerationStep, Row } from './row.js';
import { speculative } from './speculation/speculative.js';
import { tokenByToken } from './token-by-token.js';

/** Lists of token ids, none of them empty. */
export type Prompts = readonly (readonly number[])[];

/**
 * Generates a continuation of each prompt, all prompts in one batch, one token per step. Shorter prompts are padded on
 * the left, which does not affect the result.
 *
 * Each step yields the new token of every sequence, null for those that have ended; with `sequences` above 1 those of
 * one prompt are adjacent. Leaving the loop early, by `break`, an error or the signal, frees all tensors. With
 * `beamSearch` all steps are yielded after the search.
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
  yield* write(model, resolve(model, prompts, options));
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
 * Generates complete sequences: `sequences` of them for each prompt, those of a beam search best first.
 *
 * @throws SequiturError as `generate` does
 */
export async function generateSequences(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): Promise<GeneratedSequence[][]> {
  const generation = resolve(model, prompts, options);
  for await (const _ of write(model, generation));
  const { rows, sequences } = generation;
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

function write(model: CausalModel, generation: Generation): AsyncGenerator<GenerationStep> {
  const { strategy } = generation;
  if (strategy.name === 'beamSearch') return beamSearch(model, generation, strategy.options);
  if (strategy.name === 'speculation') return speculative(model, generation, strategy.options);
  if (strategy.name === 'contrastive') return contrastiveSearch(model, generation, strategy.options);
  return tokenByToken(model, generation);
}
