import type { Contender } from '../measure/interleave.js';
import type { Summary } from '../measure/statistics.js';

/** A contender with the data that converts its time to a speed. */
export type KernelContender = Contender & {
  /** Number of threads. */
  readonly threads: number;
  /** Floating point operations of one run. */
  readonly flops: number;
};

/** Contenders for one task, each with a checked result. */
export interface Contest {
  readonly contenders: readonly KernelContender[];
  release(): Promise<void>;
}

export interface ContenderSpeed {
  readonly contender: string;
  readonly threads: number;
  readonly speed: Summary;
}

/** Title of a contender among others with different numbers of threads. */
export function titleOf(contender: string, threads: number): string {
  return `${contender}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
}
