import { SequiturError } from '@sequitur/core';

/** Milliseconds since some moment. */
export type Clock = () => number;

/**
 * `wall` is the time that passed. `processor` is the time that this process kept a core busy: on a machine that others
 * use too it says what the work costs, where `wall` says how long one waited. It holds for work of one thread alone.
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
 * @throws SequiturError for the processor's clock and more than one
 */
export function clockFor(name: ClockName, threads: number): Clock {
  if (name === 'wall' || threads === 1) return clocks[name];
  throw new SequiturError({
    where: `clock '${name}'`,
    expected: 'one thread: it adds the time of all threads up, so that sharing work among them would never look faster',
    got: `${threads} threads`,
    fix: "Take the clock 'wall', on a machine with nothing else at work",
  });
}
