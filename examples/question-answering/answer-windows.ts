import type { Encoding, Tokenizer } from '@sequitur/text';
import type { Question } from './questions.js';

/** A question with a window of its context, and the positions where the answer begins and ends. */
export interface AnswerWindow {
  readonly ids: readonly number[];
  readonly tokenTypes: readonly number[];
  /** Token positions; both 0, the first token, if the window does not contain the whole answer. */
  readonly start: number;
  readonly end: number;
}

export interface WindowSize {
  readonly maxLength: number;
  readonly overlap: number;
}

/** The training windows of a question, with the first of several right answers. */
export function answerWindows(
  tokenizer: Tokenizer,
  { question, context, answers }: Question,
  size: WindowSize,
): AnswerWindow[] {
  const windows = tokenizer.tokenizeWindows(question, { pair: context, ...size, specialTokens: true });
  return windows.map((window) => {
    const [answer] = answers;
    const place = answer && placeOf(window, answer.start, answer.start + answer.text.length);
    return { ids: window.ids, tokenTypes: window.tokenTypes, ...(place ?? { start: 0, end: 0 }) };
  });
}

/** The context tokens of the characters [from, to), if the window contains all of them. */
function placeOf({ offsets, sequences }: Encoding, from: number, to: number): { start: number; end: number } | null {
  const inside = offsets.flatMap(([begin, finish], index) =>
    sequences[index] === 1 && begin < to && finish > from ? [index] : [],
  );
  const [start, end] = [inside[0], inside.at(-1)];
  if (start === undefined || end === undefined) return null;
  return offsets[start]![0] <= from && offsets[end]![1] >= to ? { start, end } : null;
}
