import { SequiturError } from '../errors.js';

/** What a processor knows of the sequence that it shapes. */
export interface SequenceSoFar {
  /** Prompt and generated tokens together, without padding. */
  readonly tokens: readonly number[];
  readonly promptLength: number;
}

/** Changes the logits [vocabulary] of the next token of one sequence, in place. */
export type LogitsProcessor = (logits: Float32Array, sequence: SequenceSoFar) => void;

/** Divides by the temperature: below 1 the likely tokens gain, above 1 the unlikely ones. */
export function temperature(value: number): LogitsProcessor {
  check('temperature', value, 'a number above 0', value > 0 && Number.isFinite(value));
  return (logits) => {
    for (let i = 0; i < logits.length; i++) logits[i]! /= value;
  };
}

/** Leaves the k most likely tokens (Fan, Lewis and Dauphin 2018), and those level with the last of them. */
export function topK(k: number): LogitsProcessor {
  check('topK', k, 'an integer of at least 1', Number.isInteger(k) && k >= 1);
  return (logits) => {
    if (k >= logits.length) return;
    const least = Float32Array.from(logits).sort()[logits.length - k]!;
    for (let i = 0; i < logits.length; i++) if (logits[i]! < least) logits[i] = -Infinity;
  };
}

/** Leaves the smallest set of tokens that together have a probability of at least p (Holtzman et al. 2020, section 3.1). */
export function topP(p: number): LogitsProcessor {
  check('topP', p, 'a number in (0, 1]', p > 0 && p <= 1);
  return (logits) => {
    const probabilities = softmax(logits);
    const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
    let reached = 0;
    for (const token of order) {
      if (reached >= p) logits[token] = -Infinity;
      reached += probabilities[token]!;
    }
  };
}

/** Leaves tokens of at least `share` times the probability of the most likely one (Nguyen et al. 2024). */
export function minP(share: number): LogitsProcessor {
  check('minP', share, 'a number in [0, 1]', share >= 0 && share <= 1);
  return (logits) => {
    const least = logits.reduce((top, logit) => Math.max(top, logit), -Infinity) + Math.log(share);
    for (let i = 0; i < logits.length; i++) if (logits[i]! < least) logits[i] = -Infinity;
  };
}

/** Divides positive logits of tokens that occurred by the penalty and multiplies negative ones (Keskar et al. 2019, section 4.1). */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  check('repetitionPenalty', penalty, 'a number above 0', penalty > 0);
  return (logits, { tokens }) => {
    for (const token of new Set(tokens)) logits[token] = scaledDown(logits[token]!, penalty);
  };
}

function scaledDown(logit: number, penalty: number): number {
  return logit > 0 ? logit / penalty : logit * penalty;
}

/** Forbids every token that would complete an n-gram that occurred before (Paulus, Xiong and Socher 2018, section 2.5). */
export function noRepeatNgram(n: number): LogitsProcessor {
  check('noRepeatNgram', n, 'an integer of at least 1', Number.isInteger(n) && n >= 1);
  return (logits, { tokens }) => {
    const start = tokens.length - (n - 1);
    if (start < 0) return;
    for (let i = 0; i + n <= tokens.length; i++) {
      const repeats = tokens.slice(i, i + n - 1).every((token, j) => token === tokens[start + j]);
      if (repeats) logits[tokens[i + n - 1]!] = -Infinity;
    }
  };
}

/** Forbids the end of the text before so many tokens are generated. */
export function minimumTokens(count: number, endTokens: readonly number[]): LogitsProcessor {
  return (logits, { tokens, promptLength }) => {
    if (tokens.length - promptLength >= count) return;
    for (const token of endTokens) logits[token] = -Infinity;
  };
}

/** Forbids these sequences of tokens: the last token of each, where the ones before it stand at the end of the text. */
export function forbiddenSequences(sequences: readonly (readonly number[])[]): LogitsProcessor {
  return (logits, { tokens }) => {
    for (const sequence of sequences) {
      const before = sequence.slice(0, -1);
      const start = tokens.length - before.length;
      if (start >= 0 && before.every((token, i) => token === tokens[start + i])) logits[sequence.at(-1)!] = -Infinity;
    }
  };
}

/** softmax(logits) in double precision. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  const weights = Float64Array.from(logits);
  const top = weights.reduce((most, logit) => Math.max(most, logit), -Infinity);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.exp(weights[i]! - top);
    sum += weights[i]!;
  }
  for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
  return weights;
}

function check(name: string, value: number, expected: string, holds: boolean): void {
  if (!holds) throw new SequiturError({ where: `generation, ${name}`, expected, got: String(value) });
}
