import { SequiturError } from '@sequitur/core';
import { clockFor } from '../measure/clock.js';
import { describeMachine } from '../measure/machine.js';
import type { Candidate } from './candidate.js';
import { type Measure, measureHere } from './measure.js';
import { participants } from './plan.js';
import type { ResultRecord, SweepRecord, SweepSettings } from './records.js';
import { appendRecord, readRecords } from './results-file.js';
import type { SweepProgress } from './sweep.js';

export interface RunOptions {
  readonly candidates: readonly Candidate[];
  readonly settings: SweepSettings;
  /** Path of the results in JSON Lines: an interrupted run with the same settings resumes. */
  readonly results: string;
  /** Command that the report shows. */
  readonly command: string;
  /** Seconds of training of every architecture before it is measured; default 0. */
  readonly trainFor?: number;
  /** Time limit in seconds: lengths that would exceed it are skipped, except for the first three; default none. */
  readonly budget?: number;
  /** Measures in this process (default) or in another. */
  readonly measure?: Measure;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SweepProgress) => void;
}

/**
 * Trains and measures, appends each record to the results file, and returns all of its records.
 *
 * @throws SequiturError for results of other settings, and for the CPU clock with several threads
 */
export async function run(options: RunOptions): Promise<ResultRecord[]> {
  const { candidates, settings, results, trainFor = 0, budget = null, signal, onProgress } = options;
  clockFor(settings.clock, settings.threads);
  const records = await readRecords(results);
  const add = async (record: ResultRecord) => {
    records.push(record);
    await appendRecord(results, record);
  };
  const chosen = participants(candidates, settings);
  const { measure = (request, hooks) => measureHere(chosen, request, hooks) } = options;
  if (records.length === 0) await add(headOf(options));
  checkSame(records[0]!, settings, results);
  for (const { name, record } of chosen) {
    if (!records.some((known) => known.type === 'architecture' && known.architecture === name)) await add(record);
  }
  const request = { settings, trainFor, budget, done: [...records] };
  for await (const record of measure(request, { signal, onProgress })) await add(record);
  return records;
}

function headOf({ settings, command }: RunOptions): SweepRecord {
  return {
    ...{ type: 'sweep', version: 2, command, settings },
    ...{ started: new Date().toISOString(), machine: describeMachine() },
  };
}

function checkSame(head: ResultRecord, settings: SweepSettings, results: string): void {
  const found = head.type === 'sweep' ? JSON.stringify(sorted(head.settings)) : 'none';
  if (found === JSON.stringify(sorted(settings))) return;
  throw new SequiturError({
    where: `${results}, line 1`,
    expected: 'the settings of this sweep, to resume it',
    got: 'others',
    fix: 'Name another file with --results, or use the same settings',
  });
}

function sorted(settings: SweepSettings) {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}
