import { checkCount, type LogitsProcessor } from './processor.js';

/** Forbids tokens that would repeat an n-gram (Paulus, Xiong and Socher 2018, section 2.5). */
export function noRepeatNgram(n: number): LogitsProcessor {
  checkCount('noRepeatNgram', n);
  return (scores, { tokens }) => forbidNgramsOf(tokens, tokens, n, scores);
}

/** Forbids tokens that would complete an n-gram of the source, so that a summary does not copy. */
export function sourceNoRepeatNgram(n: number): LogitsProcessor {
  checkCount('sourceNoRepeatNgram', n);
  return (scores, { tokens, promptLength, source = tokens.slice(0, promptLength) }) =>
    forbidNgramsOf(source, tokens, n, scores);
}

function forbidNgramsOf(known: readonly number[], tokens: readonly number[], n: number, scores: Float32Array): void {
  const start = tokens.length - (n - 1);
  if (start < 0) return;
  for (let i = 0; i + n <= known.length; i++) {
    if (known[i + n - 1]! < scores.length && occursAt(known, i, tokens, start)) scores[known[i + n - 1]!] = -Infinity;
  }
}

/** Whether the end of `tokens`, from `start` on, occurs in `known` at `i`. */
function occursAt(known: readonly number[], i: number, tokens: readonly number[], start: number): boolean {
  for (let j = start; j < tokens.length; j++) if (known[i + j - start] !== tokens[j]) return false;
  return true;
}
