/** How far a result may lie from its reference: 1e-4, or that share of the reference where it is larger than 1. */
export const TOLERANCE = 1e-4;

export type Verdict = 'passed' | 'failed' | 'unsupported';

/** One thing compared: a tensor, a list of ids, a file that must be refused. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  /** Over the tensor's numbers. */
  readonly largestAbsolute?: number;
  /** Differences divided by the reference. */
  readonly largestRelative?: number;
  readonly detail?: string;
}

export interface FolderReport {
  readonly folder: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Why the folder is not supported, or what kept it from being compared. */
  readonly detail?: string;
}

type Numbers = ArrayLike<number | bigint>;

/** Compares numbers one by one; not-a-number equals only itself. */
export function compareNumbers(name: string, found: Numbers, expected: Numbers): Finding {
  if (found.length !== expected.length) {
    return { name, verdict: 'failed', detail: `${found.length} numbers, not ${expected.length}` };
  }
  let [largestAbsolute, largestRelative, passed] = [0, 0, true];
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [Number(found[i]), Number(expected[i])];
    if (Object.is(value, wanted) || value === wanted) continue;
    const difference = Math.abs(value - wanted);
    // Written so that a difference which is not a number fails.
    if (!(difference <= TOLERANCE * Math.max(1, Math.abs(wanted)))) passed = false;
    largestAbsolute = Math.max(largestAbsolute, Number.isNaN(difference) ? Infinity : difference);
    largestRelative = Math.max(largestRelative, difference / Math.max(Math.abs(wanted), 1e-12));
  }
  return { name, verdict: passed ? 'passed' : 'failed', largestAbsolute, largestRelative };
}

/** Compares lists of ids, which must be the same. */
export function compareIds(name: string, found: unknown, expected: unknown): Finding {
  const [shown, wanted] = [JSON.stringify(found), JSON.stringify(expected)];
  if (shown === wanted) return { name, verdict: 'passed', detail: 'ids agree' };
  return { name, verdict: 'failed', detail: `ids ${shown}, not ${wanted}` };
}

/** Failed if anything failed; unsupported if nothing was compared or anything could not be; else passed. */
export function summarize(folder: string, findings: readonly Finding[], detail?: string): FolderReport {
  const verdicts = new Set(findings.map((finding) => finding.verdict));
  const verdict = verdicts.has('failed')
    ? 'failed'
    : verdicts.has('unsupported') || findings.length === 0
      ? 'unsupported'
      : 'passed';
  return { folder, verdict, findings, ...(detail && { detail }) };
}
