import { compact, whole } from '../../../plots/format.js';
import type { Run } from '../../../protocol/train.js';
import type { Row } from '../state/rows.js';

/** The lowest of a number over all runs, where at least two have one. */
export function best(rows: readonly Row[], of: (run: Run) => number | null): number | null {
  const found = rows.flatMap(({ run }) => (run ? (of(run) ?? []) : []));
  return found.length > 1 ? Math.min(...found) : null;
}

export interface Spent {
  readonly share: number;
  /** `1,140 of 1,500 steps` */
  readonly text: string;
  /** The last step that all runs have on the disk. */
  readonly saved: number;
}

/** How much of the budget is spent, by the run that is least far. */
export function progressOf(rows: readonly Row[]): Spent | null {
  const runs = rows.flatMap(({ run }) => run ?? []);
  if (runs.length === 0) return null;
  const last = runs.reduce((a, b) => (shareOf(a) <= shareOf(b) ? a : b));
  return { share: shareOf(last), text: spentText(last), saved: Math.min(...runs.map(({ savedStep }) => savedStep)) };
}

/** Seconds until the last run has spent its budget, as runs take turns; null if unknown. */
export function remaining(rows: readonly Row[]): number | null {
  const running = rows.flatMap(({ run }) => (run?.status === 'running' && run.step > 0 ? run : []));
  if (running.length === 0) return null;
  const seconds = running.map((run) => {
    const spent = run.curve.seconds.at(-1) ?? 0;
    const share = shareOf(run);
    return share > 0 ? (spent * (1 - share)) / share : 0;
  });
  return seconds.reduce((sum, each) => sum + each, 0);
}

function shareOf({ step, steps, curve, recipe: { budget } }: Run): number {
  const share = steps === null ? (curve.seconds.at(-1) ?? 0) / budget.amount : step / steps;
  return Math.min(1, share);
}

function spentText({ step, steps, curve, cost, recipe: { budget } }: Run): string {
  if (budget.unit === 'seconds') return `${whole(curve.seconds.at(-1) ?? 0)} of ${whole(budget.amount)} seconds`;
  if (budget.unit === 'flops') return `${compact(step * cost.flopsPerStep)} of ${compact(budget.amount)}FLOP`;
  return `${whole(step)} of ${whole(steps)} steps`;
}
