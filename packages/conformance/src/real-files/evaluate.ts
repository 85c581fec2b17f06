import type { Entry } from './corpus.js';
import type { Outcome } from './readers.js';

/**
 * The verdict on an outcome. `other`: the family was not supported when the index was written; the file is now read, or
 * refused for another reason.
 */
export type Verdict = 'right' | 'wrong' | 'other';

export interface Finding {
  readonly entry: Entry;
  readonly outcome: Outcome;
  readonly verdict: Verdict;
}

/** Compares an outcome with the expected one. */
export function evaluate(entry: Entry, outcome: Outcome): Finding {
  return { entry, outcome, verdict: verdictOf(entry, outcome) };
}

function verdictOf({ right, why }: Entry, { reads, what, warnings }: Outcome): Verdict {
  if (!right.startsWith('refused')) return reads && warnings.length <= 1 ? 'right' : 'wrong';
  const isOfFamily = /family not (built|listed)/.test(why);
  if (reads) return isOfFamily ? 'other' : 'wrong';
  return isOfFamily && !what.includes('model_type') ? 'other' : 'right';
}
