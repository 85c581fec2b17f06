import type { Contender } from '../measure/interleave.js';
import type { Summary } from '../measure/statistics.js';

/** A contender, and how its time becomes a speed. */
export type KernelContender = Contender & {
  /** That it computes with. */
  readonly threads: number;
  /** Floating point operations of one run. */
  readonly flops: number;
};

/** Contenders at one task, each of which has shown that its result is right. */
export interface Contest {
  readonly contenders: readonly KernelContender[];
  release(): Promise<void>;
}

export interface ContenderSpeed {
  readonly contender: string;
  readonly threads: number;
  readonly speed: Summary;
}

/** A contender beside others with other numbers of threads. */
export function titleOf(contender: string, threads: number): string {
  return `${contender}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
}
