import { basename } from 'node:path';
import type { Finding, FolderReport } from './comparison.js';

/** A folder's report as text: a line for the folder, then the failed comparisons, or with `verbose` all of them. */
export function describeReport({ folder, verdict, findings, detail }: FolderReport, verbose: boolean): string {
  const counted = ['passed', 'failed', 'unsupported'].map(
    (kind) => [kind, findings.filter((finding) => finding.verdict === kind).length] as const,
  );
  const counts = counted.flatMap(([kind, count]) => (count > 0 ? [`${count} ${kind}`] : [])).join(', ');
  const largest = Math.max(0, ...findings.map((finding) => finding.largestAbsolute ?? 0));
  const summary = [counts, `largest difference ${show(largest)}`, detail].filter(Boolean).join('; ');
  const shown = verbose ? findings : findings.filter((finding) => finding.verdict !== 'passed');
  return [`${verdict.padEnd(11)} ${basename(folder)}: ${summary}`, ...shown.map(describeFinding)].join('\n');
}

function describeFinding({ name, verdict, largestAbsolute, largestRelative, detail }: Finding): string {
  const difference =
    largestAbsolute === undefined ? '' : `absolute ${show(largestAbsolute)}, relative ${show(largestRelative ?? 0)}`;
  return `  ${verdict.padEnd(11)} ${name}: ${[difference, detail].filter(Boolean).join('; ')}`;
}

function show(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
