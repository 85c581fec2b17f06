import { checkCount, checkOption, checkTokens, type LogitsProcessor } from './processor.js';

/** Forbids end tokens before `count` tokens are generated. */
export function minimumTokens(count: number, endTokens: readonly number[]): LogitsProcessor {
  checkCount('minTokens', count, 0);
  checkTokens('endTokens', endTokens);
  return (scores, { tokens, promptLength }) => {
    if (tokens.length - promptLength < count) for (const token of endTokens) scores[token] = -Infinity;
  };
}

/** Forbids end tokens before prompt and generated tokens reach `length`. */
export function minimumLength(length: number, endTokens: readonly number[]): LogitsProcessor {
  checkCount('minLength', length, 0);
  checkTokens('endTokens', endTokens);
  return (scores, { tokens }) => {
    if (tokens.length < length) for (const token of endTokens) scores[token] = -Infinity;
  };
}

/**
 * From `start` generated tokens on, raises the score of the end tokens by
 * score
 * (factor ^ tokens - 1).
 */
export function exponentialDecayLengthPenalty(
  start: number,
  factor: number,
  endTokens: readonly number[],
): LogitsProcessor {
  checkCount('exponentialDecayLengthPenalty, start', start, 0);
  checkOption(
    'exponentialDecayLengthPenalty, factor',
    factor,
    'a number above 0',
    factor > 0 && Number.isFinite(factor),
  );
  checkTokens('endTokens', endTokens);
  return (scores, { tokens, promptLength }) => {
    const beyond = tokens.length - promptLength - start;
    if (beyond <= 0) return;
    for (const token of endTokens) scores[token]! += Math.abs(scores[token]!) * (factor ** beyond - 1);
  };
}
