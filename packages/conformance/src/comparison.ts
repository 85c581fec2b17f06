/** Largest difference from the reference: absolute up to a reference of 1, relative above. */
export const TOLERANCE = 1e-4;

export type Verdict = 'passed' | 'failed' | 'unsupported';

/** Result of one comparison: of a tensor, a list of ids, or a file that must be refused. */
export interface Finding {
  readonly name: string;
  readonly verdict: Verdict;
  /** Over the tensor's elements. */
  readonly largestAbsolute?: number;
  /** Differences divided by the reference. */
  readonly largestRelative?: number;
  readonly detail?: string;
}

export interface FolderReport {
  readonly folder: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** Why the folder is not supported or was not compared. */
  readonly detail?: string;
}

type Numbers = ArrayLike<number | bigint>;

/** Compares elementwise; NaN equals only itself. */
export function compareNumbers(name: string, found: Numbers, expected: Numbers): Finding {
  if (found.length !== expected.length) {
    return { name, verdict: 'failed', detail: `${found.length} numbers, not ${expected.length}` };
  }
  let [largestAbsolute, largestRelative, passed] = [0, 0, true];
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [Number(found[i]), Number(expected[i])];
    if (Object.is(value, wanted) || value === wanted) continue;
    const difference = Math.abs(value - wanted);
    // Negated so that NaN fails.
    if (!(difference <= TOLERANCE * Math.max(1, Math.abs(wanted)))) passed = false;
    largestAbsolute = Math.max(largestAbsolute, Number.isNaN(difference) ? Infinity : difference);
    largestRelative = Math.max(largestRelative, difference / Math.max(Math.abs(wanted), 1e-12));
  }
  return { name, verdict: passed ? 'passed' : 'failed', largestAbsolute, largestRelative };
}

/** Compares lists of ids, which must be equal. */
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
