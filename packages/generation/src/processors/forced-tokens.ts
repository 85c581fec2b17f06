import { checkCount, checkTokens, type LogitsProcessor } from './processor.js';

/** Forces the first generated token, for example the target language of a translation. */
export function forcedBosToken(token: number): LogitsProcessor {
  checkTokens('forcedBosToken', [token]);
  return (scores, { tokens, promptLength }) => {
    if (tokens.length === promptLength) leaveOnly([token], scores);
  };
}

/** Forces one of these as the generated token number `maxTokens`, unless the sequence ends earlier. */
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
