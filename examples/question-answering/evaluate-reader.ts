import { answer, type Bert, type LabelledBatch, type QuestionAnsweringHead } from '@sequitur/bert';
import { Random } from '@sequitur/core';
import { answerScores } from '@sequitur/text';
import { nearestGuess, randomGuess } from './guesses.js';
import type { Question } from './questions.js';

/** Exact match and F1 of the reader on real questions. */
export async function evaluateReader(model: Bert, questions: readonly Question[]) {
  const noAnswer = questions.some(({ answers }) => answers.length === 0);
  const found: string[] = [];
  for (const { question, context } of questions) {
    const [best] = await answer(model, question, context, { noAnswer });
    found.push(best?.text ?? '');
  }
  const { question, answers } = questions[0]!;
  console.log(`\n"${question}" It says: "${found[0]}". Right: "${answers[0]?.text ?? 'no answer'}".`);
  return scoresOf(found, questions);
}

/** Scores of the two baselines for the same questions. */
export function evaluateGuesses(questions: readonly Question[], seed: string) {
  const random = Random.fromSeed(seed).fork('guesses');
  return {
    random: scoresOf(
      questions.map(({ context }) => randomGuess(context, random)),
      questions,
    ),
    nearest: scoresOf(
      questions.map(({ question, context }) => nearestGuess(question, context)),
      questions,
    ),
  };
}

/** Exact match on generated questions. */
export async function evaluateCloze(
  model: Bert<QuestionAnsweringHead>,
  batches: readonly LabelledBatch<QuestionAnsweringHead>[],
): Promise<number> {
  const right: boolean[] = [];
  for (const batch of batches) {
    const { start, end } = model.apply(batch);
    const [starts, ends] = await Promise.all([start.array(), end.array()]);
    start.dispose();
    end.dispose();
    // The passage has token type 1, padding has 0.
    const likeliest = (logits: readonly number[], row: number) => {
      const inside = Array.from(batch.tokenTypes![row]!).flatMap((segment, place) => (segment === 1 ? [place] : []));
      return inside.reduce((best, place) => (logits[place]! > logits[best]! ? place : best));
    };
    batch.labels.start.forEach((place, row) => {
      right.push(likeliest(starts[row]!, row) === place && likeliest(ends[row]!, row) === batch.labels.end[row]);
    });
  }
  return right.filter(Boolean).length / right.length;
}

function scoresOf(found: readonly string[], questions: readonly Question[]) {
  return answerScores(
    found,
    questions.map((each) => each.answers.map(({ text }) => text)),
  );
}
