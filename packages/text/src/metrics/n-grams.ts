/** Counts of n-grams of `order` units. */
export function countNGrams(units: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + order <= units.length; at++) {
    // A separator that no unit contains: units are split at white space, or are single characters.
    const nGram = units.slice(at, at + order).join('\n');
    counts.set(nGram, (counts.get(nGram) ?? 0) + 1);
  }
  return counts;
}

/** Clipped matches: the sum over n-grams of the smaller of two counts. */
export function countMatches(counts: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number {
  let matches = 0;
  for (const [unit, count] of counts) matches += Math.min(count, others.get(unit) ?? 0);
  return matches;
}

/** The number of n-grams of `order` units. */
export function nGramTotal(units: readonly unknown[], order: number): number {
  return Math.max(0, units.length - order + 1);
}
