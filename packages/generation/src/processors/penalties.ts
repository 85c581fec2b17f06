import { checkOption, type LogitsProcessor } from './processor.js';

/** Divides positive scores of tokens that occurred by the penalty and multiplies negative ones (Keskar et al. 2019, section 4.1). */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  checkOption('repetitionPenalty', penalty, 'a number above 0', penalty > 0 && Number.isFinite(penalty));
  return (scores, { tokens }) => scaleDown(scores, tokens, penalty);
}

/** Multiplies the probability of the source's tokens, above 1 to keep to them (the `encoder_repetition_penalty` of Hugging Face). */
export function sourceRepetitionPenalty(penalty: number): LogitsProcessor {
  checkOption('sourceRepetitionPenalty', penalty, 'a number above 0', penalty > 0 && Number.isFinite(penalty));
  return (scores, { tokens, promptLength, source = tokens.slice(0, promptLength) }) =>
    scaleDown(scores, source, 1 / penalty);
}

function scaleDown(scores: Float32Array, tokens: readonly number[], penalty: number): void {
  for (const token of new Set(tokens)) {
    if (token >= scores.length) continue; // a source may have a vocabulary of its own
    const score = scores[token]!;
    scores[token] = score < 0 ? score * penalty : score / penalty;
  }
}

/** Takes `penalty` from the score of every token that was generated already: it brings in new subjects. */
export function presencePenalty(penalty: number): LogitsProcessor {
  checkOption('presencePenalty', penalty, 'a finite number', Number.isFinite(penalty));
  return (scores, { tokens, promptLength }) => {
    for (const token of new Set(tokens.slice(promptLength))) scores[token]! -= penalty;
  };
}

/** Takes `penalty` from the score of a token for every time that it was generated. */
export function frequencyPenalty(penalty: number): LogitsProcessor {
  checkOption('frequencyPenalty', penalty, 'a finite number', Number.isFinite(penalty));
  return (scores, { tokens, promptLength }) => {
    for (let i = promptLength; i < tokens.length; i++) scores[tokens[i]!]! -= penalty;
  };
}

/** In a beam search in groups: takes `penalty` for each beam of an earlier group that has just chosen the token (Vijayakumar et al. 2018, equation 3). */
export function diversityPenalty(penalty: number): LogitsProcessor {
  checkOption('diversityPenalty', penalty, 'a number of at least 0', penalty >= 0 && Number.isFinite(penalty));
  return (scores, { rivals = [] }) => {
    for (const token of rivals) scores[token]! -= penalty;
  };
}
