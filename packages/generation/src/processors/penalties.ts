import { checkOption, type LogitsProcessor } from './processor.js';

/**
 * Repetition penalty: divides positive scores of tokens that occurred by the penalty and multiplies negative ones
 * (Keskar et al. 2019, section 4.1).
 */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  checkOption('repetitionPenalty', penalty, 'a number above 0', penalty > 0 && Number.isFinite(penalty));
  return (scores, { tokens }) => scaleDown(scores, tokens, penalty);
}

/** Repetition penalty for the source, above 1 to favour its tokens (Hugging Face's `encoder_repetition_penalty`). */
export function sourceRepetitionPenalty(penalty: number): LogitsProcessor {
  checkOption('sourceRepetitionPenalty', penalty, 'a number above 0', penalty > 0 && Number.isFinite(penalty));
  return (scores, { tokens, promptLength, source = tokens.slice(0, promptLength) }) =>
    scaleDown(scores, source, 1 / penalty);
}

function scaleDown(scores: Float32Array, tokens: readonly number[], penalty: number): void {
  for (const token of new Set(tokens)) {
    if (token >= scores.length) continue; // the source may have another vocabulary
    const score = scores[token]!;
    scores[token] = score < 0 ? score * penalty : score / penalty;
  }
}

/** Subtracts `penalty` from the score of every token that was generated already. */
export function presencePenalty(penalty: number): LogitsProcessor {
  checkOption('presencePenalty', penalty, 'a finite number', Number.isFinite(penalty));
  return (scores, { tokens, promptLength }) => {
    for (const token of new Set(tokens.slice(promptLength))) scores[token]! -= penalty;
  };
}

/** Subtracts `penalty` from the score of a token for every time that it was generated. */
export function frequencyPenalty(penalty: number): LogitsProcessor {
  checkOption('frequencyPenalty', penalty, 'a finite number', Number.isFinite(penalty));
  return (scores, { tokens, promptLength }) => {
    for (let i = promptLength; i < tokens.length; i++) scores[tokens[i]!]! -= penalty;
  };
}

/**
 * Diverse beam search: subtracts `penalty` for each beam of an earlier group that has just chosen the token
 * (Vijayakumar et al. 2018, equation 3).
 */
export function diversityPenalty(penalty: number): LogitsProcessor {
  checkOption('diversityPenalty', penalty, 'a number of at least 0', penalty >= 0 && Number.isFinite(penalty));
  return (scores, { rivals = [] }) => {
    for (const token of rivals) scores[token]! -= penalty;
  };
}
