import { checkArgument, option } from '@sequitur/core';
import { countMatches, countNGrams } from './n-grams.js';
import { alternatives, checkTexts, mean, type References } from './paired.js';

export interface AnswerScores {
  /** The share of answers that equal a reference, 0 to 1. */
  readonly exactMatch: number;
  /** The mean word F1 against the best reference, 0 to 1. */
  readonly f1: number;
}

/**
 * Exact match and F1 of SQuAD (Rajpurkar et al. 2016 and 2018), ignoring case, punctuation and articles. The reference
 * of an unanswerable question is the empty string.
 *
 * @throws SequiturError where the numbers of predictions and references differ
 */
export function answerScores(predictions: readonly string[], references: References): AnswerScores {
  checkTexts('answerScores', predictions, references);
  const best = (score: (prediction: string, reference: string) => number) =>
    mean(
      predictions.map((prediction, index) => {
        const right = alternatives(references[index]!);
        return Math.max(...(right.length ? right : ['']).map((reference) => score(prediction, reference)));
      }),
    );
  return {
    exactMatch: best((prediction, reference) => (normalizeAnswer(prediction) === normalizeAnswer(reference) ? 1 : 0)),
    f1: best(wordScore),
  };
}

/** Lower case, without ASCII punctuation, without `a`, `an` and `the`, single spaces. */
export function normalizeAnswer(text: string): string {
  checkArgument('normalizeAnswer, text', option.text, text);
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu, ' ')
    .trim()
    .split(/\s+/u)
    .join(' ');
}

function wordScore(prediction: string, reference: string): number {
  const [predicted, referred] = [prediction, reference].map((text) => normalizeAnswer(text).split(' ').filter(Boolean));
  if (!predicted!.length || !referred!.length) return predicted!.length === referred!.length ? 1 : 0;
  const matches = countMatches(countNGrams(predicted!, 1), countNGrams(referred!, 1));
  return (2 * matches) / (predicted!.length + referred!.length);
}
