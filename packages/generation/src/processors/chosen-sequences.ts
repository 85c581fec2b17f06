import { SequiturError } from '@sequitur/core';
import { checkCount, checkTokens, type LogitsProcessor } from './processor.js';

/** A token sequence, and the bias that is added to the score of its last token where the others precede it. */
export type SequenceBias = readonly [sequence: readonly number[], bias: number];

/** Adds biases to token sequences. */
export function sequenceBias(biases: readonly SequenceBias[]): LogitsProcessor {
  for (const [sequence] of biases) checkSequence('sequenceBias', sequence);
  return (scores, { tokens }) => {
    for (const [sequence, bias] of biases) {
      const start = tokens.length - (sequence.length - 1);
      const stands = start >= 0 && sequence.slice(0, -1).every((token, i) => token === tokens[start + i]);
      if (stands) scores[sequence.at(-1)!]! += bias;
    }
  };
}

/** Forbids token sequences: the last token of each, where the others end the sequence so far. */
export function badWordSequences(sequences: readonly (readonly number[])[]): LogitsProcessor {
  for (const sequence of sequences) checkSequence('badWords', sequence);
  return sequenceBias(sequences.map((sequence) => [sequence, -Infinity]));
}

/** Forbids tokens everywhere. */
export function suppressTokens(tokens: readonly number[]): LogitsProcessor {
  checkTokens('suppressTokens', tokens);
  return (scores) => {
    for (const token of tokens) scores[token] = -Infinity;
  };
}

/** Forbids tokens at the generated position `place`, counted from 0. */
export function beginSuppressTokens(tokens: readonly number[], place = 0): LogitsProcessor {
  checkTokens('beginSuppressTokens', tokens);
  checkCount('beginSuppressTokens, place', place, 0);
  const suppress = suppressTokens(tokens);
  return (scores, sequence) => {
    if (sequence.tokens.length - sequence.promptLength === place) suppress(scores, sequence);
  };
}

function checkSequence(name: string, sequence: readonly number[]): void {
  checkTokens(name, sequence);
  if (sequence.length > 0) return;
  throw new SequiturError({ where: `generation, ${name}`, expected: 'sequences of at least one token', got: 'none' });
}
