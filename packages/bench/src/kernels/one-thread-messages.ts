import type { Task } from './task.js';

/** Requests to the one-thread process, one at a time. */
export type Question =
  | { readonly type: 'open'; readonly fusedProducts: boolean }
  /** Makes the contenders at a task ready; those before must be released. */
  | { readonly type: 'prepare'; readonly task: Task }
  /** Milliseconds per run of the contender at that place. */
  | { readonly type: 'turn'; readonly index: number; readonly leastTime: number }
  | { readonly type: 'release' };

/** Serializable description of a contender. */
export interface ToldContender {
  readonly name: string;
  readonly threads: number;
  readonly flops: number;
}

/** Reply to each request: contenders to `prepare`, a time to `turn`, nothing to the others. */
export type Answer =
  | { readonly type: 'done' }
  | { readonly type: 'contenders'; readonly contenders: readonly ToldContender[] }
  | { readonly type: 'time'; readonly milliseconds: number }
  | { readonly type: 'failed'; readonly message: string };
