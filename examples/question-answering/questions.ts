import { basename } from 'node:path';
import { Random, SequiturError } from '@sequitur/core';
import { parseJson } from '@sequitur/pretrained';
import { readTextFile } from '@sequitur/recipe';

/** A question about a text, with all right answers. */
export interface Question {
  readonly question: string;
  readonly context: string;
  /** Empty if the text has no answer. `start` is in UTF-16 code units of the context. */
  readonly answers: readonly { readonly text: string; readonly start: number }[];
}

/** The questions of one article. Training and test sets are split by article, so that no text is in both. */
export interface Article {
  readonly title: string;
  readonly questions: readonly Question[];
}

/**
 * Reads SQuAD's JSON, of version 1.1 or 2.0.
 *
 * @throws SequiturError with the place in the file, if something is missing or the position of an answer is wrong
 */
export async function readArticles(file: string): Promise<Article[]> {
  const name = basename(file);
  const root = parseJson(await readTextFile(file), name) as Json;
  const articles = list(root?.data, name, 'data');
  return articles.map((article, a) => {
    const where = `data[${a}]`;
    const questions = list(article.paragraphs, name, `${where}.paragraphs`).flatMap((paragraph, p) =>
      questionsOf(paragraph, name, `${where}.paragraphs[${p}]`),
    );
    return { title: typeof article.title === 'string' ? article.title : `article ${a + 1}`, questions };
  });
}

/** Training, validation and test questions. */
export interface QuestionSets {
  readonly training: readonly Question[];
  readonly validation: readonly Question[];
  readonly test: readonly Question[];
}

/** Splits articles: a tenth for the test, and half as many for validation, at least one each. */
export function questionSets(articles: readonly Article[], seed: string): QuestionSets {
  if (articles.length < 3) {
    throw new SequiturError({
      where: 'question answering',
      expected: 'at least three articles: for training, validation and test',
      got: `${articles.length}`,
    });
  }
  const mixed = Random.fromSeed(seed)
    .fork('articles')
    .shuffle([...articles]);
  const test = Math.max(1, Math.round(articles.length / 10));
  const validation = Math.max(1, Math.round(articles.length / 20));
  const questions = (from: number, to?: number) => mixed.slice(from, to).flatMap((article) => article.questions);
  return {
    test: questions(0, test),
    validation: questions(test, test + validation),
    training: questions(test + validation),
  };
}

type Json = { readonly [key: string]: unknown };

function questionsOf(paragraph: Json, name: string, where: string): Question[] {
  const context = text(paragraph.context, name, `${where}.context`);
  return list(paragraph.qas, name, `${where}.qas`).map((qa, q) => {
    const place = `${where}.qas[${q}]`;
    const question = text(qa.question, name, `${place}.question`);
    const isImpossible = qa.is_impossible === true;
    const answers = isImpossible ? [] : list(qa.answers, name, `${place}.answers`);
    return {
      question,
      context,
      answers: answers.map((answer, i) => answerOf(answer, context, `${name}, ${place}.answers[${i}]`)),
    };
  });
}

function answerOf(answer: Json, context: string, where: string): { readonly text: string; readonly start: number } {
  const { text: words, answer_start: begins } = answer;
  if (typeof words === 'string' && typeof begins === 'number') {
    const start = unitsBefore(context, begins);
    if (words !== '' && context.startsWith(words, start)) return { text: words, start };
  }
  throw new SequiturError({
    where,
    expected: 'text and answer_start such that the context has this text there',
    got: JSON.stringify(answer).slice(0, 80),
  });
}

/** SQuAD counts characters, JavaScript UTF-16 code units. */
function unitsBefore(context: string, characters: number): number {
  if (!/[\u{10000}-\u{10ffff}]/u.test(context)) return characters;
  return Array.from(context).slice(0, characters).join('').length;
}

function list(value: unknown, name: string, where: string): readonly Json[] {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'object' && item !== null)) {
    return value as Json[];
  }
  throw new SequiturError({
    where: `${name}, ${where}`,
    expected: 'a list of objects, as in SQuAD',
    got: show(value),
  });
}

function text(value: unknown, name: string, where: string): string {
  if (typeof value === 'string' && value.trim()) return value;
  throw new SequiturError({ where: `${name}, ${where}`, expected: 'a string', got: show(value) });
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}
