import type { Encoding, Tokenizer } from '@sequitur/text';
import type { Question } from './questions.js';

/** A question with as much of its context as the model reads, and where in it the answer begins and ends. */
export interface AnswerWindow {
  readonly ids: readonly number[];
  readonly tokenTypes: readonly number[];
  /** Tokens; both 0, the first token, where the window does not hold the whole answer. */
  readonly start: number;
  readonly end: number;
}

export interface WindowSize {
  readonly maxLength: number;
  readonly overlap: number;
}

/** The windows that training reads of a question; of several right answers the first counts. */
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

/** The tokens of the context that the characters [from, to) lie in, where all of them are in the window. */
function placeOf({ offsets, sequences }: Encoding, from: number, to: number): { start: number; end: number } | null {
  const inside = offsets.flatMap(([begin, finish], index) =>
    sequences[index] === 1 && begin < to && finish > from ? [index] : [],
  );
  const [start, end] = [inside[0], inside.at(-1)];
  if (start === undefined || end === undefined) return null;
  return offsets[start]![0] <= from && offsets[end]![1] >= to ? { start, end } : null;
}
