import { SequiturError } from '@sequitur/core';

/** What a processor knows of the sequence that it shapes. */
export interface SequenceSoFar {
  /** Prompt and generated tokens together, without padding. */
  readonly tokens: readonly number[];
  readonly promptLength: number;
  /** The text that the model reads while it writes; default the prompt. */
  readonly source?: readonly number[] | undefined;
  /** In a diverse beam search: what the groups before this one have just chosen. */
  readonly rivals?: readonly number[] | undefined;
}

/**
 * Changes the scores [vocabulary] of the next token of one sequence, in place: logits, or in a beam search their
 * log-softmax, as in Hugging Face.
 */
export type LogitsProcessor = (scores: Float32Array, sequence: SequenceSoFar) => void;

/** @throws SequiturError naming the option where its value does not hold */
export function checkOption(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new SequiturError({ where: `generation, ${name}`, expected, got: String(value) });
}

export function checkCount(name: string, value: number, least = 1): void {
  checkOption(name, value, `an integer of at least ${least}`, Number.isInteger(value) && value >= least);
}

export function checkTokens(name: string, tokens: readonly number[]): void {
  for (const token of tokens) checkOption(name, token, 'token ids', Number.isInteger(token) && token >= 0);
}
