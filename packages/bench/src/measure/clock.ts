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
