import { checkPaired, mean } from './paired.js';
import { type Scores, scoresOf } from './scores.js';

type Label = string | number;

/** Accuracy: the share of correct predictions, 0 to 1. */
export function accuracy(predictions: readonly Label[], references: readonly Label[]): number {
  checkPaired('accuracy', predictions, references);
  return mean(predictions.map((prediction, index) => (prediction === references[index] ? 1 : 0)));
}

/** Precision, recall and F1 of one class against all others. */
export function classScores(predictions: readonly Label[], references: readonly Label[], positive: Label): Scores {
  checkPaired('classScores', predictions, references);
  const isPositive = (label: Label) => label === positive;
  return scoresOf({
    predicted: predictions.filter(isPositive).length,
    referred: references.filter(isPositive).length,
    matched: predictions.filter((label, index) => isPositive(label) && label === references[index]).length,
  });
}

/** Macro F1: the mean F1 over all classes. */
export function macroF1(predictions: readonly Label[], references: readonly Label[]): number {
  checkPaired('macroF1', predictions, references);
  const classes = [...new Set([...predictions, ...references])];
  return mean(classes.map((each) => classScores(predictions, references, each).f1));
}

/**
 * Matthews correlation coefficient, -1 to 1, for any number of classes (Gorodkin 2004): 0 for chance-level predictions,
 * however imbalanced the classes; 0 also where there is only one class.
 */
export function matthewsCorrelation(predictions: readonly Label[], references: readonly Label[]): number {
  checkPaired('matthewsCorrelation', predictions, references);
  const classes = [...new Set([...predictions, ...references])];
  const total = predictions.length;
  const correct = predictions.filter((label, index) => label === references[index]).length;
  const predicted = classes.map((each) => predictions.filter((label) => label === each).length);
  const referred = classes.map((each) => references.filter((label) => label === each).length);
  const products = (left: readonly number[], right: readonly number[]) =>
    left.reduce((sum, value, index) => sum + value * right[index]!, 0);
  const covariance = correct * total - products(predicted, referred);
  const spread = Math.sqrt((total ** 2 - products(predicted, predicted)) * (total ** 2 - products(referred, referred)));
  return spread === 0 ? 0 : covariance / spread;
}
