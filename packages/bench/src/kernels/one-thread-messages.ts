import type { Task } from './task.js';

/** What the process with one thread is asked, one question after the other. */
export type Question =
  | { readonly type: 'open'; readonly fusedProducts: boolean }
  /** Makes the contenders at a task ready; those before must be released. */
  | { readonly type: 'prepare'; readonly task: Task }
  /** Milliseconds per run of the contender at that place. */
  | { readonly type: 'turn'; readonly index: number; readonly leastTime: number }
  | { readonly type: 'release' };

/** A contender as it can be told to another process. */
export interface ToldContender {
  readonly name: string;
  readonly threads: number;
  readonly flops: number;
}

/** The answer to each: contenders to `prepare`, a time to `turn`, nothing to the others. */
export type Answer =
  | { readonly type: 'done' }
  | { readonly type: 'contenders'; readonly contenders: readonly ToldContender[] }
  | { readonly type: 'time'; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly message: string };
