/** Precision, recall and F1 from 0 to 1; 0 / 0 is 0. */
export interface Scores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Scores from the counts of predictions, references and matches. */
export function scoresOf(counts: {
  readonly predicted: number;
  readonly referred: number;
  readonly matched: number;
}): Scores {
  const { predicted, referred, matched } = counts;
  return {
    precision: predicted ? matched / predicted : 0,
    recall: referred ? matched / referred : 0,
    f1: predicted + referred ? (2 * matched) / (predicted + referred) : 0,
  };
}
