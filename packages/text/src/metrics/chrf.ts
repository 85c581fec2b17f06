import { checkOptions, option, optionsOf } from '@sequitur/core';
import { countMatches, countNGrams, nGramTotal } from './n-grams.js';
import { alternatives, checkTexts, type References } from './paired.js';

export interface ChrfOptions {
  /** Largest n of the character n-grams; default 6. */
  readonly order?: number | undefined;
  /** The weight of recall against precision; default 2. */
  readonly beta?: number | undefined;
}

const chrfOptions = optionsOf<ChrfOptions>({
  order: option.optional(option.integer(1, 100)),
  beta: option.optional(option.positive),
});

/** Counts of n-grams of one order. */
type Counts = readonly (readonly [predicted: number, referred: number, matched: number])[];

/**
 * Corpus chrF, 0 to 100: the F-score of character n-grams without white space (Popović 2015), averaged over orders as
 * in sacreBLEU. Of several references the best one counts.
 *
 * @throws SequiturError where the numbers of predictions and references differ
 */
export function chrf(predictions: readonly string[], references: References, options: ChrfOptions = {}): number {
  checkOptions('chrf', chrfOptions, options);
  const { order = 6, beta = 2 } = options;
  checkTexts('chrf', predictions, references);
  const totals = Array.from({ length: order }, () => [0, 0, 0]);
  for (const [index, prediction] of predictions.entries()) {
    const candidates = alternatives(references[index]!).map((reference) => countsOf(prediction, reference, order));
    const best = candidates.reduce((a, b) => (fScore(b, beta) > fScore(a, beta) ? b : a));
    for (const [place, counts] of best.entries()) {
      for (const [kind, count] of counts.entries()) totals[place]![kind]! += count;
    }
  }
  return fScore(totals as unknown as Counts, beta);
}

function countsOf(prediction: string, reference: string, order: number): Counts {
  const [predicted, referred] = [prediction, reference].map((text) => [...text.replace(/\s+/gu, '')]);
  return Array.from({ length: order }, (_, index) => [
    nGramTotal(predicted!, index + 1),
    nGramTotal(referred!, index + 1),
    countMatches(countNGrams(predicted!, index + 1), countNGrams(referred!, index + 1)),
  ]);
}

/** Precision and recall are averaged over the orders that occur in both texts. */
function fScore(counts: Counts, beta: number): number {
  const present = counts.filter(([predicted, referred]) => predicted > 0 && referred > 0);
  if (present.length === 0) return 0;
  const precision = present.reduce((sum, [predicted, , matched]) => sum + matched / predicted, 0) / present.length;
  const recall = present.reduce((sum, [, referred, matched]) => sum + matched / referred, 0) / present.length;
  if (precision + recall === 0) return 0;
  const weight = beta ** 2;
  return (100 * (1 + weight) * precision * recall) / (weight * precision + recall);
}
