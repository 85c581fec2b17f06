import { Random } from '../random.js';
import * as processors from './logits-processors.js';
import { greedy, type Sampler, sampler } from './sampling.js';

export interface GenerateOptions {
  /** Most tokens to generate; default 128. */
  readonly maxTokens?: number;
  /** No end before so many tokens. */
  readonly minTokens?: number;
  /** Tokens that end a sequence; they are still given out. */
  readonly endTokens?: readonly number[];
  /** 0, or absent with no other choice of sampling: the most likely token each time. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly noRepeatNgram?: number;
  readonly forbidden?: readonly (readonly number[])[];
  /** Further rules, after those above. */
  readonly processors?: readonly processors.LogitsProcessor[];
  /** Says which tokens are drawn; default 0. */
  readonly seed?: number | string;
  /**
   * When the context is full: 'stop' (the default), or 'slide', which reads the later half of it anew and goes on.
   */
  readonly whenFull?: 'stop' | 'slide';
  readonly signal?: AbortSignal | undefined;
}

/** The rules that the options ask for, in the order in which Hugging Face applies them. */
export function processorsOf(options: GenerateOptions): processors.LogitsProcessor[] {
  const { temperature, topK, topP, minP, repetitionPenalty, noRepeatNgram, forbidden, minTokens } = options;
  return [
    ...(repetitionPenalty === undefined ? [] : [processors.repetitionPenalty(repetitionPenalty)]),
    ...(noRepeatNgram === undefined ? [] : [processors.noRepeatNgram(noRepeatNgram)]),
    ...(forbidden ? [processors.forbiddenSequences(forbidden)] : []),
    ...(minTokens ? [processors.minimumTokens(minTokens, options.endTokens ?? [])] : []),
    ...(options.processors ?? []),
    ...(temperature ? [processors.temperature(temperature)] : []),
    ...(topK === undefined ? [] : [processors.topK(topK)]),
    ...(topP === undefined ? [] : [processors.topP(topP)]),
    ...(minP === undefined ? [] : [processors.minP(minP)]),
  ];
}

/** Greedy unless the options ask for chance. */
export function samplerOf({ temperature, topK, topP, minP, seed = 0 }: GenerateOptions): Sampler {
  const byChance =
    temperature === undefined ? [topK, topP, minP].some((choice) => choice !== undefined) : temperature > 0;
  return byChance ? sampler(Random.fromSeed(seed)) : greedy;
}
