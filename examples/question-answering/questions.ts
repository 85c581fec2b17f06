import { basename } from 'node:path';
import { Random, SequiturError } from '@sequitur/core';
import { readTextFile } from '@sequitur/recipe';
import { parseQuestions, type Question, type QuestionDocument } from '@sequitur/text';

export type { Question } from '@sequitur/text';

/** Reads SQuAD's JSON, of version 1.1 or 2.0. */
export async function readArticles(file: string): Promise<QuestionDocument[]> {
  return parseQuestions(await readTextFile(file), { name: basename(file) });
}

/** Training, validation and test questions. */
export interface QuestionSets {
  readonly training: readonly Question[];
  readonly validation: readonly Question[];
  readonly test: readonly Question[];
}

/** Splits documents: a tenth for the test, and half as many for validation, at least one each. */
export function questionSets(documents: readonly QuestionDocument[], seed: string): QuestionSets {
  if (documents.length < 3) {
    throw new SequiturError({
      where: 'question answering',
      expected: 'at least three documents: for training, validation and test',
      got: `${documents.length}`,
    });
  }
  const mixed = Random.fromSeed(seed)
    .fork('articles')
    .shuffle([...documents]);
  const test = Math.max(1, Math.round(documents.length / 10));
  const validation = Math.max(1, Math.round(documents.length / 20));
  const questions = (from: number, to?: number) => mixed.slice(from, to).flatMap((document) => document.questions);
  return {
    test: questions(0, test),
    validation: questions(test, test + validation),
    training: questions(test + validation),
  };
}
