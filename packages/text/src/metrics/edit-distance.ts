import { checkArgument, option } from '@sequitur/core';
import { checkPaired } from './paired.js';

/** Levenshtein distance: the minimum number of insertions, deletions and substitutions (Levenshtein 1966). */
export function editDistance<T>(from: readonly T[], to: readonly T[]): number {
  checkArgument('editDistance, from', listOfUnits, from);
  checkArgument('editDistance, to', listOfUnits, to);
  let previous = Int32Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, unit] of from.entries()) {
    const distances = new Int32Array(to.length + 1);
    distances[0] = row + 1;
    for (const [index, other] of to.entries()) {
      const replaced = previous[index]! + (unit === other ? 0 : 1);
      distances[index + 1] = Math.min(replaced, previous[index + 1]! + 1, distances[index]! + 1);
    }
    previous = distances;
  }
  return previous[to.length]!;
}

const listOfUnits = option.kind('a list of words, characters or other units', Array.isArray);

/** Word, character or phoneme error rate: edits per unit of the references, over a whole corpus. It may exceed 1. */
export function errorRate<T>(predictions: readonly (readonly T[])[], references: readonly (readonly T[])[]): number {
  checkPaired('errorRate', predictions, references);
  const edits = predictions.reduce((sum, prediction, index) => sum + editDistance(prediction, references[index]!), 0);
  const units = references.reduce((sum, reference) => sum + reference.length, 0);
  return units ? edits / units : edits;
}
