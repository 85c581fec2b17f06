import { checkOptions, optionsOf } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';
import { dataError, shownValue } from './data-error.js';
import { type DataOptions, dataRules, UNNAMED } from './data-options.js';

/** A question about a text, with all right answers. */
export interface Question {
  readonly question: string;
  readonly context: string;
  /** Empty if the text has no answer. `start` is in UTF-16 code units of the context. */
  readonly answers: readonly { readonly text: string; readonly start: number }[];
}

/** The questions of one document. Sets are split by document, so that no text is in two of them. */
export interface QuestionDocument {
  readonly title: string;
  readonly questions: readonly Question[];
}

const questionOptions = optionsOf<DataOptions>(dataRules);

/**
 * Parses questions in the format of SQuAD, version 1.1 or 2.0.
 *
 * @throws SequiturError with the place in the file, if something is missing or the position of an answer is wrong
 */
export function parseQuestions(content: string, options: DataOptions = {}): QuestionDocument[] {
  const { name = UNNAMED } = checkOptions('parseQuestions', questionOptions, options);
  const root = parseJson(content, name) as Json;
  return list(root?.data, `${name}, data`).map((document, index) => {
    const where = `${name}, data[${index}]`;
    const questions = list(document.paragraphs, `${where}.paragraphs`).flatMap((paragraph, p) =>
      questionsOf(paragraph, `${where}.paragraphs[${p}]`),
    );
    return { title: typeof document.title === 'string' ? document.title : `document ${index + 1}`, questions };
  });
}

type Json = { readonly [key: string]: unknown };

function questionsOf(paragraph: Json, where: string): Question[] {
  const context = text(paragraph.context, `${where}.context`);
  return list(paragraph.qas, `${where}.qas`).map((qa, q) => {
    const place = `${where}.qas[${q}]`;
    const answers = qa.is_impossible === true ? [] : list(qa.answers, `${place}.answers`);
    return {
      question: text(qa.question, `${place}.question`),
      context,
      answers: answers.map((answer, i) => answerOf(answer, context, `${place}.answers[${i}]`)),
    };
  });
}

function answerOf(answer: Json, context: string, where: string): Question['answers'][number] {
  const { text: words, answer_start: begins } = answer;
  if (typeof words === 'string' && typeof begins === 'number') {
    const start = unitsBefore(context, begins);
    if (words !== '' && context.startsWith(words, start)) return { text: words, start };
  }
  throw dataError(where, 'text and answer_start such that the context has this text there', shownValue(answer));
}

/** SQuAD counts characters, JavaScript UTF-16 code units. */
function unitsBefore(context: string, characters: number): number {
  if (!/[\u{10000}-\u{10ffff}]/u.test(context)) return characters;
  return Array.from(context).slice(0, characters).join('').length;
}

function list(value: unknown, where: string): readonly Json[] {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null)) {
    return value as Json[];
  }
  throw dataError(where, 'a list of objects, as in SQuAD', shownValue(value));
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string' && value.trim()) return value;
  throw dataError(where, 'a string', shownValue(value));
}
