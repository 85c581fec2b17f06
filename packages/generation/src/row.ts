import { type CausalModel, Random, SequiturError } from '@sequitur/core';
import type { GenerateOptions } from './options.js';
import type { SequenceSoFar } from './processors/index.js';

/** The reason why a sequence ended: an end token, a stop string, `maxTokens` or `maxLength`, or a full context. */
export type Finish = 'end' | 'stop' | 'length' | 'context';

/** The tokens of a row so far, for its logits processors and errors. */
export interface SequenceInRow extends SequenceSoFar {
  /** The index of the row. */
  readonly index: number;
  /** Maximum number of generated tokens. */
  readonly limit: number;
  /** Whether it is one of several beams, of which some may end without a token. */
  readonly isBeam?: boolean;
}

/** One sequence during generation. */
export interface Row extends SequenceInRow {
  /** Prompt and generated tokens, without padding. */
  tokens: number[];
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
function limitOf({ maxTokens, maxLength }: GenerateOptions, promptLength: number): number {
  if (maxTokens === undefined && maxLength === undefined) return DEFAULT_TOKENS;
  return Math.max(0, Math.min(maxTokens ?? Infinity, (maxLength ?? Infinity) - promptLength));
}

/** One row for every requested sequence, with those of one prompt adjacent. */
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
      index: index * sequences + copy,
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

/** The reason why generated tokens end their sequence; null where they do not. */
export type Ending = (generated: readonly number[]) => 'end' | 'stop' | null;

/** Appends a token, and records whether the sequence ends with it. */
export function grow(row: Row, token: number, ending: Ending, logProbability?: number): void {
  row.tokens.push(token);
  if (logProbability !== undefined) row.logProbabilities.push(logProbability);
  const generated = row.tokens.slice(row.promptLength);
  row.finish = ending(generated) ?? (generated.length >= row.limit ? 'length' : null);
}

/** Sequences end by an end token, or by a stop string in their text. */
export function endingOf({ endTokens = [], stop }: GenerateOptions): Ending {
  const ends = new Set(endTokens);
  return (generated) => {
    if (ends.has(generated.at(-1)!)) return 'end';
    if (!stop?.strings.length) return null;
    const text = stop.decode(generated);
    return stop.strings.some((string) => text.includes(string)) ? 'stop' : null;
  };
}

function checkPrompt(prompt: readonly number[], { contextLength }: CausalModel): void {
  const fault = (expected: string, got: string, fix: string) =>
    new SequiturError({ where: 'generate, prompt', expected, got, fix });
  if (prompt.length === 0) throw fault('at least one token', 'none', 'Start with the token that begins a sequence');
  if (prompt.length > contextLength) {
    throw fault(`at most ${contextLength} tokens`, `${prompt.length}`, 'Shorten the prompt to its end');
  }
}
