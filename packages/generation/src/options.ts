import type { CausalModel } from '@sequitur/core';
import type { SequenceBias } from './processors/chosen-sequences.js';
import type { LogitsProcessor } from './processors/processor.js';

/** Which tokens may follow and how their scores are changed, beside chance. */
export interface RuleOptions {
  /** No end before so many generated tokens. */
  readonly minTokens?: number | undefined;
  /** No end before prompt and generated tokens are so many. */
  readonly minLength?: number | undefined;
  /** Above 1: tokens of prompt and text become less likely. */
  readonly repetitionPenalty?: number | undefined;
  /** Taken from the score of tokens that were generated already. */
  readonly presencePenalty?: number | undefined;
  /** Taken from the score of a token for each time that it was generated. */
  readonly frequencyPenalty?: number | undefined;
  /** No n-gram twice, n being this number. */
  readonly noRepeatNgram?: number | undefined;
  /** What the model reads while it writes, one for each prompt: for the next two rules. Default the prompts. */
  readonly sources?: readonly (readonly number[])[] | undefined;
  /** No n-gram of the source. */
  readonly sourceNoRepeatNgram?: number | undefined;
  /** Above 1: tokens of the source become likelier. */
  readonly sourceRepetitionPenalty?: number | undefined;
  /** Sequences of tokens that must not appear. */
  readonly badWords?: readonly (readonly number[])[] | undefined;
  readonly sequenceBias?: readonly SequenceBias[] | undefined;
  /** Tokens that must not appear. */
  readonly suppressTokens?: readonly number[] | undefined;
  /** Tokens that must not be the first generated one. */
  readonly beginSuppressTokens?: readonly number[] | undefined;
  /** The first generated token. */
  readonly forcedBosToken?: number | undefined;
  /** The last generated token where `maxTokens` is reached. */
  readonly forcedEosToken?: number | readonly number[] | undefined;
  /** From `start` generated tokens on the end becomes likelier with each. */
  readonly exponentialDecayLengthPenalty?: { readonly start: number; readonly factor: number } | undefined;
  /** Go on where the model gives not-a-number or infinities. */
  readonly finite?: boolean | undefined;
  /** Further rules, after those above and before those of chance. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** Make the scores log-probabilities again after all rules. */
  readonly renormalized?: boolean | undefined;
}

/** Chance. Where none of these is given, each token is the most likely one. */
export interface SamplingOptions {
  /** 0: the most likely token each time. */
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly minP?: number | undefined;
  readonly typical?: number | undefined;
  readonly epsilonCutoff?: number | undefined;
  readonly etaCutoff?: number | undefined;
  /** Says which tokens are drawn; default 0. */
  readonly seed?: number | string | undefined;
}

/** When a text is at its end. */
export interface StoppingOptions {
  /** Most tokens to generate; default 128. */
  readonly maxTokens?: number | undefined;
  /** Most tokens of prompt and text together. */
  readonly maxLength?: number | undefined;
  /** Tokens that end a text; they are still given out. */
  readonly endTokens?: readonly number[] | undefined;
  /** Ends a text as soon as what was generated contains one of the strings. */
  readonly stop?: StopStrings | undefined;
  /** When the context is full: 'stop' (the default), or 'slide', which reads the later half of it anew and goes on. */
  readonly whenFull?: 'stop' | 'slide' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StopStrings {
  readonly strings: readonly string[];
  decode(tokens: readonly number[]): string;
}

/** The search for the most likely whole text, by several candidates side by side; as in Hugging Face. */
export interface BeamOptions {
  /** How many candidates. */
  readonly beams: number;
  /** A text's score is its log-probability divided by length ^ this: above 0 longer texts gain. Default 1. */
  readonly lengthPenalty?: number | undefined;
  /**
   * When the search ends: with as many finished texts as beams (true), when no candidate can become better as it
   * stands (false, the default), or when none can become better at all ('never').
   */
  readonly earlyStopping?: boolean | 'never' | undefined;
  /** Divides the beams into groups, each kept from choosing what those before it chose (Vijayakumar et al. 2018). */
  readonly groups?: number | undefined;
  /** How much another group's choice loses; needs `groups`. */
  readonly diversityPenalty?: number | undefined;
  /** What a group whose search is over counts as choosing: in Hugging Face the padding id. Default nothing. */
  readonly settledToken?: number | undefined;
}

/** Contrastive search (Su et al. 2022): likely tokens that say something new. */
export interface ContrastiveOptions {
  /** How many of the most likely tokens are tried; the paper's k. */
  readonly candidates: number;
  /** In [0, 1]: how much likeness to what was said before counts against probability; the paper's α. */
  readonly penalty: number;
  /** The observation that holds the last hidden state [batch, length, width]; default 'norm'. */
  readonly hidden?: string | undefined;
}

/**
 * Speculative decoding (Leviathan, Kalman and Matias 2023): several tokens are proposed and checked in one step. Greedy
 * text stays the same token for token, and drawn text keeps its distribution.
 */
export interface SpeculationOptions {
  /** A smaller model of the same vocabulary that proposes; absent: what followed the last tokens earlier in the text. */
  readonly draft?: CausalModel | undefined;
  /** How many tokens to propose at first, default 5; grows where all are accepted and shrinks where not. */
  readonly tokens?: number | undefined;
  /** Without a draft model: how many last tokens are looked up at most; default 3. */
  readonly lookup?: number | undefined;
}

export interface GenerateOptions extends RuleOptions, SamplingOptions, StoppingOptions {
  /** How many texts for each prompt; default 1. */
  readonly sequences?: number | undefined;
  readonly beamSearch?: BeamOptions | undefined;
  readonly contrastive?: ContrastiveOptions | undefined;
  readonly speculation?: SpeculationOptions | undefined;
  /** Also give each token's log-probability under the model, in nats, before any rule. */
  readonly logProbabilities?: boolean | undefined;
}
