import { availableParallelism, cpus, loadavg } from 'node:os';

/** Description of the machine of a measurement. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
}

export function describeMachine(): Machine {
  const [first] = cpus();
  return { processor: first?.model.trim() ?? 'unknown', cores: availableParallelism(), node: process.version };
}

/** A warning if other processes load the machine (load of the last minute, before ours), else null. */
export function loadWarning(): string | null {
  const [load] = loadavg();
  const cores = availableParallelism();
  if (!load || load < 0.6 * cores) return null;
  return `the machine is busy (load ${load.toFixed(1)} on ${cores} cores): times are upper bounds, and spreads are wide`;
}
