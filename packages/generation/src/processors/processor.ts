import { SequiturError } from '@sequitur/core';

/** The sequence that a logits processor gets. */
export interface SequenceSoFar {
  /** Prompt and generated tokens together, without padding. */
  readonly tokens: readonly number[];
  readonly promptLength: number;
  /** The input of the encoder; default the prompt. */
  readonly source?: readonly number[] | undefined;
  /** Diverse beam search: the tokens that earlier groups have just chosen. */
  readonly rivals?: readonly number[] | undefined;
}

/**
 * A logits processor: changes the scores [vocabulary] of the next token of one sequence in place. Scores are logits, or
 * in a beam search log-probabilities, as in Hugging Face.
 */
export type LogitsProcessor = (scores: Float32Array, sequence: SequenceSoFar) => void;

/**
 * Checks the value of an option.
 *
 * @throws SequiturError naming the option and the invalid value
 */
export function checkOption(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new SequiturError({ where: `generation, ${name}`, expected, got: String(value) });
}

export function checkCount(name: string, value: number, least = 1): void {
  checkOption(name, value, `an integer of at least ${least}`, Number.isInteger(value) && value >= least);
}

export function checkTokens(name: string, tokens: readonly number[]): void {
  for (const token of tokens) checkOption(name, token, 'token ids', Number.isInteger(token) && token >= 0);
}
