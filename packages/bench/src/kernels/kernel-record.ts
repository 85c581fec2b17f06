import type { Timing } from '../measure/interleave.js';
import type { Summary } from '../measure/statistics.js';
import type { OneThreadProcess } from './one-thread-process.js';

/** Result of one contender for one task. */
export interface KernelRecord {
  readonly suite: string;
  readonly task: string;
  readonly contender: string;
  /** Number of threads; absent for contenders that do not run in WebAssembly. */
  readonly threads?: number;
  readonly unit: string;
  readonly speed: Summary;
}

/** Measurement settings of all suites. */
export interface SuiteContext {
  readonly rounds: number;
  /** Sequence lengths of attention, in tokens. */
  readonly lengths: readonly number[];
  readonly timing: Timing;
  readonly threads: number;
  readonly oneThread: OneThreadProcess | undefined;
}

/**
 * A record of each contender.
 *
 * @param threads number of threads of the contenders in WebAssembly
 */
export function recordsOf(
  suite: string,
  task: string,
  unit: string,
  speeds: ReadonlyMap<string, Summary>,
  threads: Readonly<Record<string, number>> = {},
): KernelRecord[] {
  return [...speeds].map(([contender, speed]) => {
    const own = threads[contender];
    return { suite, task, contender, unit, speed, ...(own !== undefined && { threads: own }) };
  });
}
