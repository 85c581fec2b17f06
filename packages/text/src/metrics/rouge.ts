import { countMatches, countNGrams, nGramTotal } from './n-grams.js';
import { alternatives, checkTexts, mean, type References } from './paired.js';

export interface Rouge {
  /** F1, 0 to 1, averaged over the texts. */
  readonly rouge1: number;
  readonly rouge2: number;
  readonly rougeL: number;
}

/**
 * ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004), as in Google's `rouge_score` without stemming: tokens are lower-case runs of
 * ASCII letters and digits. Of several references the best one counts, per score.
 *
 * @throws SequiturError where the numbers of predictions and references differ
 */
export function rouge(predictions: readonly string[], references: References): Rouge {
  checkTexts('rouge', predictions, references);
  const average = (score: (predicted: readonly string[], referred: readonly string[]) => number) =>
    mean(
      predictions.map((prediction, index) => {
        const predicted = tokensOf(prediction);
        return Math.max(...alternatives(references[index]!).map((reference) => score(predicted, tokensOf(reference))));
      }),
    );
  return {
    rouge1: average((predicted, referred) => nGramScore(predicted, referred, 1)),
    rouge2: average((predicted, referred) => nGramScore(predicted, referred, 2)),
    rougeL: average((predicted, referred) =>
      fScore(longestCommonSubsequence(predicted, referred), predicted.length, referred.length),
    ),
  };
}

function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function nGramScore(predicted: readonly string[], referred: readonly string[], order: number): number {
  const matches = countMatches(countNGrams(predicted, order), countNGrams(referred, order));
  return fScore(matches, nGramTotal(predicted, order), nGramTotal(referred, order));
}

function fScore(matches: number, predicted: number, referred: number): number {
  return matches === 0 ? 0 : (2 * matches) / (predicted + referred);
}

/** Length of the longest common subsequence of tokens. */
function longestCommonSubsequence(left: readonly string[], right: readonly string[]): number {
  let previous = new Int32Array(right.length + 1);
  for (const token of left) {
    const lengths = new Int32Array(right.length + 1);
    for (const [index, other] of right.entries()) {
      lengths[index + 1] = token === other ? previous[index]! + 1 : Math.max(previous[index + 1]!, lengths[index]!);
    }
    previous = lengths;
  }
  return previous[right.length]!;
}
