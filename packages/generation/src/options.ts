import type { CausalModel } from '@sequitur/core';
import type { SequenceBias } from './processors/chosen-sequences.js';
import type { LogitsProcessor } from './processors/processor.js';

/** Logits processors other than those of sampling. An empty list disables its option. */
export interface LogitsProcessorOptions {
  /** Minimum number of generated tokens before the end. */
  readonly minTokens?: number | undefined;
  /** Minimum length of prompt and generated tokens before the end. */
  readonly minLength?: number | undefined;
  /**
   * Above 1: tokens of the prompt and generated tokens become less likely (Keskar et al. 2019, section 4.1). Off: 1.
   */
  readonly repetitionPenalty?: number | undefined;
  /** Subtracted from the score of tokens that were generated already. */
  readonly presencePenalty?: number | undefined;
  /** Subtracted from the score of a token for each time that it was generated. */
  readonly frequencyPenalty?: number | undefined;
  /** The n for which no n-gram may occur twice. Off: 0. */
  readonly noRepeatNgram?: number | undefined;
  /** The encoder inputs, one for each prompt, for the next two options. Default: the prompts. */
  readonly sources?: readonly (readonly number[])[] | undefined;
  /** The n for which no n-gram of the source may occur. Off: 0. */
  readonly sourceNoRepeatNgram?: number | undefined;
  /** Above 1: tokens of the source become more likely. Off: 1. */
  readonly sourceRepetitionPenalty?: number | undefined;
  /** Token sequences that must not occur. */
  readonly badWords?: readonly (readonly number[])[] | undefined;
  readonly sequenceBias?: readonly SequenceBias[] | undefined;
  /** Tokens that must not occur. */
  readonly suppressTokens?: readonly number[] | undefined;
  /** Tokens that must not be the first generated one. */
  readonly beginSuppressTokens?: readonly number[] | undefined;
  /** The first generated token, for example the target language of a translation. */
  readonly forcedBosToken?: number | undefined;
  /** The last generated token where `maxTokens` is reached. */
  readonly forcedEosToken?: number | readonly number[] | undefined;
  /** From `start` generated tokens on, the end tokens become more likely with each token. */
  readonly exponentialDecayLengthPenalty?: { readonly start: number; readonly factor: number } | undefined;
  /** Replaces NaN and infinite scores, so that generation continues. */
  readonly finite?: boolean | undefined;
  /** Additional processors, after those above and before those of sampling. */
  readonly processors?: readonly LogitsProcessor[] | undefined;
  /** Renormalises the scores to log-probabilities after all processors. */
  readonly renormalized?: boolean | undefined;
}

/** Sampling options. If none is given, decoding is greedy; a value that disables a filter still means sampling. */
export interface SamplingOptions {
  /** The temperature, which divides the logits; 0: greedy decoding. */
  readonly temperature?: number | undefined;
  /** Off: 0. */
  readonly topK?: number | undefined;
  /** Off: 1. */
  readonly topP?: number | undefined;
  /** Off: 0. */
  readonly minP?: number | undefined;
  /** Off: 1. */
  readonly typical?: number | undefined;
  /** Off: 0. */
  readonly epsilonCutoff?: number | undefined;
  /** Off: 0. */
  readonly etaCutoff?: number | undefined;
  /** The seed of sampling; default 0. */
  readonly seed?: number | string | undefined;
}

/** Stopping criteria. */
export interface StoppingOptions {
  /** Maximum number of generated tokens; default 128. */
  readonly maxTokens?: number | undefined;
  /** Maximum length of prompt and generated tokens together. */
  readonly maxLength?: number | undefined;
  /** Tokens that end a sequence; they are part of the output. */
  readonly endTokens?: readonly number[] | undefined;
  /** Ends a sequence as soon as its generated text contains one of the strings. */
  readonly stop?: StopStrings | undefined;
  /**
   * What to do when the context is full: 'stop' (the default), or 'slide', which reads its later half again and
   * continues.
   */
  readonly whenFull?: 'stop' | 'slide' | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StopStrings {
  readonly strings: readonly string[];
  decode(tokens: readonly number[]): string;
}

/** Beam search, as in Hugging Face. */
export interface BeamOptions {
  /** Number of beams. */
  readonly beams: number;
  /**
   * The exponent of the length: sequences are scored by log-probability / length ^ lengthPenalty, so that above 0
   * longer ones score higher. Default 1.
   */
  readonly lengthPenalty?: number | undefined;
  /**
   * The condition that ends the search: as many finished sequences as beams (true); no candidate that could become
   * better at its current length (false, the default); or none that could become better at any length ('never').
   */
  readonly earlyStopping?: boolean | 'never' | undefined;
  /**
   * Diverse beam search: groups of beams, each penalised for the choices of earlier groups (Vijayakumar et al. 2018).
   */
  readonly groups?: number | undefined;
  /** The penalty of diverse beam search; needs `groups`. */
  readonly diversityPenalty?: number | undefined;
  /**
   * Diverse beam search: the token that a finished group is treated as choosing, in Hugging Face the padding id.
   * Default: none.
   */
  readonly finishedGroupToken?: number | undefined;
}

/** Contrastive search (Su et al. 2022): likely tokens whose hidden state differs from earlier ones. */
export interface ContrastiveOptions {
  /** Number of most likely tokens that are compared: k of the paper. */
  readonly candidates: number;
  /** Degeneration penalty in [0, 1]: α of the paper. */
  readonly penalty: number;
  /** The observation of the last hidden state [batch, length, width]; default 'norm'. */
  readonly hidden?: string | undefined;
}

/**
 * Speculative decoding (Leviathan, Kalman and Matias 2023): several proposed tokens are verified in one step. Greedy
 * output is unchanged, sampled output keeps its distribution.
 */
export interface SpeculationOptions {
  /** The draft model, of the same vocabulary; absent: prompt lookup. */
  readonly draft?: CausalModel | undefined;
  /** Number of proposed tokens at first, default 5; grows where all are accepted and shrinks otherwise. */
  readonly tokens?: number | undefined;
  /** Prompt lookup: maximum length of the n-gram that is looked up; default 3. */
  readonly lookup?: number | undefined;
}

export interface GenerateOptions extends LogitsProcessorOptions, SamplingOptions, StoppingOptions {
  /** Number of sequences per prompt; default 1. */
  readonly sequences?: number | undefined;
  readonly beamSearch?: BeamOptions | undefined;
  readonly contrastive?: ContrastiveOptions | undefined;
  readonly speculation?: SpeculationOptions | undefined;
  /** Whether to return each token's log-probability under the model, in nats, before any processor. */
  readonly logProbabilities?: boolean | undefined;
}
