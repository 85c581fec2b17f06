import type { Timing } from '../measure/interleave.js';
import type { Summary } from '../measure/statistics.js';
import type { OneThreadProcess } from './one-thread-process.js';

/** One contender at one task. */
export interface KernelRecord {
  readonly suite: string;
  readonly task: string;
  readonly contender: string;
  /** That it computed with; absent where it does not compute in WebAssembly. */
  readonly threads?: number;
  readonly unit: string;
  readonly speed: Summary;
}

/** How all suites are told to measure. */
export interface SuiteContext {
  readonly rounds: number;
  /** Of attention, in tokens. */
  readonly lengths: readonly number[];
  readonly timing: Timing;
  readonly threads: number;
  readonly oneThread: OneThreadProcess | undefined;
}

/**
 * A record of each contender.
 *
 * @param threads of the contenders that compute in WebAssembly
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
