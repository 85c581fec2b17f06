import { checkOptions, hostSoftmax, option, optionsOf } from '@sequitur/core';
import { type Encoding, padEncodings } from '@sequitur/text';
import type { Bert } from '../bert.js';
import type { QuestionAnsweringHead } from '../heads/question-answering.js';
import { type BatchedOptions, batchedRules, batchOf, inBatches, paddingOf, readerFor, rowsOf } from './reading.js';

export interface AnswerOptions extends BatchedOptions {
  /** Number of answers, best first; default 1. */
  readonly answers?: number | undefined;
  /** Maximum length of an answer in tokens; default 30. */
  readonly maxAnswerLength?: number | undefined;
  /** Whether the result may be that the context holds no answer; default false. */
  readonly noAnswer?: boolean | undefined;
  /**
   * Overlap of neighbouring windows of a long context in tokens; default 128, at most a quarter of the maximum length.
   */
  readonly overlap?: number | undefined;
}

const answerOptions = optionsOf<AnswerOptions>({
  ...batchedRules,
  answers: option.optional(option.count),
  maxAnswerLength: option.optional(option.count),
  noAnswer: option.optional(option.flag),
  overlap: option.optional(option.countOrNone),
});

export interface Answer {
  /** The answer; empty where there is none. */
  readonly text: string;
  /** Start in UTF-16 code units of the context: `context.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  /** The product of the start and end probabilities. */
  readonly score: number;
}

/**
 * Extractive question answering in a context of any length, read in overlapping windows.
 *
 * @throws SequiturError where the model has another head, or no tokenizer
 */
export async function answer(
  model: Bert,
  question: string,
  context: string,
  options: AnswerOptions = {},
): Promise<Answer[]> {
  checkOptions('answer', answerOptions, options);
  const tokenizer = readerFor('answer', model, ['questionAnswering']);
  const { answers = 1, maxAnswerLength = 30, noAnswer = false } = options;
  const maxLength = Math.min(model.contextLength, 512);
  const overlap = options.overlap ?? Math.min(128, Math.floor(maxLength / 4));
  const windows = tokenizer.tokenizeWindows(question, { pair: context, maxLength, overlap, specialTokens: true });
  const found = await inBatches(windows, options, async (some) => {
    const padded = padEncodings(some, { side: 'right' }, paddingOf(model));
    const { start, end } = (model as Bert<QuestionAnsweringHead>).apply(batchOf(padded));
    const [starts, ends] = (await Promise.all([start.data(), end.data()])) as Float32Array[];
    start.dispose();
    end.dispose();
    const rows = { starts: rowsOf(starts!, some.length), ends: rowsOf(ends!, some.length) };
    return padded.map((window, row) => spansOf(window, rows.starts[row]!, rows.ends[row]!, maxAnswerLength, answers));
  });
  const spans = found.flatMap((window) => window.spans);
  // The score of no answer is the minimum over windows.
  const none = Math.min(...found.map((window) => window.none));
  const all = noAnswer ? [...spans, { start: 0, end: 0, score: none }] : spans;
  return best(all, answers).map((span) => ({ ...span, text: context.slice(span.start, span.end) }));
}

type Span = Omit<Answer, 'text'>;

/**
 * The `count` most likely spans of a window within the context, over all pairs of tokens, and the probability of the
 * first token, which means no answer.
 */
function spansOf(window: Encoding, starts: Float32Array, ends: Float32Array, longest: number, count: number) {
  const inside = window.sequences.flatMap((sequence, index) => (sequence === 1 ? [index] : []));
  const allowed = [0, ...inside];
  const [begins, finishes] = [probabilitiesAt(starts, allowed), probabilitiesAt(ends, allowed)];
  let spans: Span[] = [];
  for (const [place, first] of inside.entries()) {
    for (const last of inside.slice(place, place + longest)) {
      const score = begins.get(first)! * finishes.get(last)!;
      spans.push({ start: window.offsets[first]![0], end: window.offsets[last]![1], score });
    }
    // Of thousands of pairs only the best matter.
    if (spans.length > 4096) spans = best(spans, count);
  }
  return { spans: best(spans, count), none: begins.get(0)! * finishes.get(0)! };
}

/** The best of different spans. */
function best(spans: readonly Span[], count: number): Span[] {
  return distinct([...spans].sort((a, b) => b.score - a.score)).slice(0, count);
}

/** The softmax over some places alone. */
function probabilitiesAt(logits: Float32Array, places: readonly number[]): Map<number, number> {
  const probabilities = hostSoftmax(places.map((place) => logits[place]!));
  return new Map(places.map((place, index) => [place, probabilities[index]!]));
}

/** The same span found in two windows counts once. */
function distinct(spans: readonly Span[]): Span[] {
  const seen = new Set<string>();
  return spans.filter(({ start, end }) => {
    const key = `${start} ${end}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
