import { type CausalModel, Random, SequiturError } from '@sequitur/core';
import type { GenerateOptions, StopStrings } from './options.js';

/** Why a sequence ended: an end token, a stop string, `maxTokens` or `maxLength`, or a full context. */
export type Finish = 'end' | 'stop' | 'length' | 'context';

/** One sequence during generation. */
export interface Row {
  /** Prompt and generated tokens, without padding. */
  tokens: number[];
  readonly promptLength: number;
  readonly source: readonly number[] | undefined;
  /** Maximum number of generated tokens. */
  readonly limit: number;
  /** Log-probabilities of the generated tokens; empty if not requested. */
  logProbabilities: number[];
  readonly random: Random;
  finish: Finish | null;
  /** Beam search: log-probability / length ^ penalty. */
  score?: number;
}

/** One step of generation: the new token of every sequence, null where it has ended. */
export interface GenerationStep {
  readonly tokens: readonly (number | null)[];
  /** If requested: log-probabilities of the tokens under the model, in nats, before any processor. */
  readonly logProbabilities?: readonly (number | null)[];
}

const DEFAULT_TOKENS = 128;

/** The maximum number of generated tokens after a prompt of this length. */
export function limitOf({ maxTokens, maxLength }: GenerateOptions, promptLength: number): number {
  if (maxTokens === undefined && maxLength === undefined) return DEFAULT_TOKENS;
  return Math.max(0, Math.min(maxTokens ?? Infinity, (maxLength ?? Infinity) - promptLength));
}

/** One row for every requested sequence, those of one prompt as neighbours. */
export function rowsOf(model: CausalModel, prompts: readonly (readonly number[])[], options: GenerateOptions): Row[] {
  const { sequences = 1, sources, seed = 0 } = options;
  if (sources && sources.length !== prompts.length) {
    throw new SequiturError({
      where: 'generate, sources',
      expected: `${prompts.length}, one for each prompt`,
      got: `${sources.length}`,
    });
  }
  const random = Random.fromSeed(seed);
  return prompts.flatMap((prompt, index) => {
    checkPrompt(prompt, model);
    return Array.from({ length: sequences }, (_, copy) => ({
      tokens: [...prompt],
      promptLength: prompt.length,
      source: sources?.[index],
      limit: limitOf(options, prompt.length),
      logProbabilities: [],
      random: random.fork(index).fork(copy),
      finish: null,
    }));
  });
}

/** Appends a token, and records whether the sequence ends with it. */
export function grow(row: Row, token: number, options: GenerateOptions, logProbability?: number): void {
  row.tokens.push(token);
  if (logProbability !== undefined) row.logProbabilities.push(logProbability);
  row.finish = finishOf(row, options);
}

function finishOf({ tokens, promptLength, limit }: Row, { endTokens, stop }: GenerateOptions): Finish | null {
  if (endTokens?.includes(tokens.at(-1)!)) return 'end';
  if (stop && containsStop(tokens.slice(promptLength), stop)) return 'stop';
  return tokens.length - promptLength >= limit ? 'length' : null;
}

/** Whether the generated text contains one of the strings. */
export function containsStop(generated: readonly number[], { strings, decode }: StopStrings): boolean {
  const text = decode(generated);
  return strings.some((string) => text.includes(string));
}

function checkPrompt(prompt: readonly number[], { contextLength }: CausalModel): void {
  const fault = (expected: string, got: string, fix: string) =>
    new SequiturError({ where: 'generate, prompt', expected, got, fix });
  if (prompt.length === 0) throw fault('at least one token', 'none', 'Start with the token that begins a sequence');
  if (prompt.length > contextLength) {
    throw fault(`at most ${contextLength} tokens`, `${prompt.length}`, 'Shorten the prompt to its end');
  }
}
