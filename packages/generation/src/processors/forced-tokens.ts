import { checkCount, checkTokens, type LogitsProcessor } from './processor.js';

/** Makes this the first token that is generated, as the language of a translation is. */
export function forcedBosToken(token: number): LogitsProcessor {
  checkTokens('forcedBosToken', [token]);
  return (scores, { tokens, promptLength }) => {
    if (tokens.length === promptLength) leaveOnly([token], scores);
  };
}

/** Makes the generated token number `maxTokens` one of these, where the text has not ended before. */
export function forcedEosToken(last: readonly number[], maxTokens: number): LogitsProcessor {
  checkTokens('forcedEosToken', last);
  checkCount('maxTokens', maxTokens);
  return (scores, { tokens, promptLength }) => {
    if (tokens.length - promptLength === maxTokens - 1) leaveOnly(last, scores);
  };
}

function leaveOnly(tokens: readonly number[], scores: Float32Array): void {
  scores.fill(-Infinity);
  for (const token of tokens) scores[token] = 0;
}
