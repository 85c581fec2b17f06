import { checkArgument, option, SequiturError } from '@sequitur/core';

/**
 * Checks parallel lists.
 *
 * @throws SequiturError where they differ in length or are empty
 */
export function checkPaired(where: string, predictions: readonly unknown[], references: readonly unknown[]): void {
  checkArgument(`${where}, predictions`, anyList, predictions);
  checkArgument(`${where}, references`, anyList, references);
  if (predictions.length === references.length && predictions.length > 0) return;
  const [expected, got] = [
    'as many predictions as references, and at least one',
    `${predictions.length} and ${references.length}`,
  ];
  throw new SequiturError({ where, expected, got });
}

const anyList = option.kind('a list', Array.isArray);

/** One reference or several equivalent ones for each prediction. */
export type References = readonly (string | readonly string[])[];

export function alternatives(reference: string | readonly string[]): readonly string[] {
  return typeof reference === 'string' ? [reference] : reference;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Checks parallel lists of texts, as `checkPaired` and that all of them are strings. */
export function checkTexts(where: string, predictions: readonly unknown[], references: References): void {
  checkArgument(`${where}, predictions`, option.listOf(option.text), predictions);
  checkArgument(`${where}, references`, referencesRule, references);
  checkPaired(where, predictions, references);
}

const referencesRule = option.listOf(
  option.either('a string, or a list of strings', option.text, option.listOf(option.text)),
);
