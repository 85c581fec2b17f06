import { SequiturError } from '@sequitur/core';
import { checkCount, checkTokens, type LogitsProcessor } from './processor.js';

/** A sequence of tokens, and what is added to the score of its last one where the others stand before it. */
export type SequenceBias = readonly [sequence: readonly number[], bias: number];

/** Makes sequences of tokens more likely or less. */
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

/** Forbids these sequences of tokens: the last token of each, where the ones before it stand at the end of the text. */
export function badWordSequences(sequences: readonly (readonly number[])[]): LogitsProcessor {
  for (const sequence of sequences) checkSequence('badWords', sequence);
  return sequenceBias(sequences.map((sequence) => [sequence, -Infinity]));
}

/** Forbids these tokens everywhere. */
export function suppressedTokens(suppressTokens: readonly number[]): LogitsProcessor {
  checkTokens('suppressTokens', suppressTokens);
  return (scores) => {
    for (const token of suppressTokens) scores[token] = -Infinity;
  };
}

/** Forbids these tokens as the generated token number `place`, counted from 0. */
export function beginSuppressTokens(suppressTokens: readonly number[], place = 0): LogitsProcessor {
  checkTokens('beginSuppressTokens', suppressTokens);
  checkCount('beginSuppressTokens, place', place, 0);
  const suppress = suppressedTokens(suppressTokens);
  return (scores, sequence) => {
    if (sequence.tokens.length - sequence.promptLength === place) suppress(scores, sequence);
  };
}

function checkSequence(name: string, sequence: readonly number[]): void {
  checkTokens(name, sequence);
  if (sequence.length > 0) return;
  throw new SequiturError({ where: `generation, ${name}`, expected: 'sequences of at least one token', got: 'none' });
}
