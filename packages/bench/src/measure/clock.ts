import { SequiturError } from '@sequitur/core';

/** A clock in milliseconds with an arbitrary origin. */
export type Clock = () => number;

/**
 * `wall` is elapsed time. `processor` is the CPU time of this process, which excludes other load on the machine; it is
 * valid for work on one thread only.
 */
export const clocks = {
  wall: () => performance.now(),
  processor: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
} as const satisfies Record<string, Clock>;

export type ClockName = keyof typeof clocks;

/**
 * The clock for work on several threads.
 *
 * @throws SequiturError for the CPU clock with more than one thread
 */
export function clockFor(name: ClockName, threads: number): Clock {
  if (name === 'wall' || threads === 1) return clocks[name];
  throw new SequiturError({
    where: `clock '${name}'`,
    expected: 'one thread: this clock adds up the time of all threads, so that several would never look faster',
    got: `${threads} threads`,
    fix: "Use the clock 'wall', on an otherwise idle machine",
  });
}
