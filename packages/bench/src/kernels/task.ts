import { type AttentionCase, prepareAttention } from './attention.js';
import type { Contest } from './contest.js';
import { type MatMulCase, prepareMatMul } from './mat-mul.js';

/**
 * A task that is timed with one thread and with several in the same rounds. Plain data, so that it can be sent to
 * another process.
 */
export type Task =
  | { readonly suite: 'attention'; readonly spec: AttentionCase }
  | { readonly suite: 'matmul'; readonly spec: MatMulCase };

/** The contenders of this process, with the threads of its backend. */
export function prepareContest(task: Task): Promise<Contest> {
  return task.suite === 'attention' ? prepareAttention(task.spec) : prepareMatMul(task.spec);
}
