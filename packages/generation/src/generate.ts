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
 * Goes on writing after each prompt, all prompts together, one token at a time. Shorter prompts are padded at the left,
 * which changes nothing in what follows them.
 *
 * Yields for every step the new token of each text, null for those that have ended; with `sequences` above 1 those of
 * one prompt stand side by side. Leaving the loop early, by `break`, an error or the signal, frees everything. With
 * `beamSearch` the steps come when the search is over.
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

/** As `generate`, and each step holds the log-probabilities where the options ask for them. */
export async function* generateSteps(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): AsyncGenerator<GenerationStep> {
  yield* write(model, start(model, prompts, options), options);
}

/** A text that is written to its end. */
export interface GeneratedText {
  /** Generated tokens, without the prompt. */
  readonly tokens: readonly number[];
  readonly finish: Finish;
  /** Of each token, where the options ask for them. */
  readonly logProbabilities?: readonly number[];
  /** Of a beam search: Σ log-probability / length ^ lengthPenalty. */
  readonly score?: number;
}

/** Writes every text to its end: for each prompt as many as the options' `sequences`, of a beam search the best first. */
export async function generateTexts(
  model: CausalModel,
  prompts: Prompts,
  options: GenerateOptions = {},
): Promise<GeneratedText[][]> {
  const rows = start(model, prompts, options);
  for await (const _ of write(model, rows, options));
  const { sequences = 1 } = options;
  return prompts.map((_, index) => rows.slice(index * sequences, (index + 1) * sequences).map(textOf));
}

function textOf({ tokens, promptLength, finish, logProbabilities, score }: Row): GeneratedText {
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
      expected: 'one way to generate',
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
