import { type AttentionCase, prepareAttention } from './attention.js';
import type { Contest } from './contest.js';
import { type MatMulCase, prepareMatMul } from './mat-mul.js';

/** Something that is timed with one thread and with several in the same rounds. Plain data, for another process. */
export type Task =
  | { readonly suite: 'attention'; readonly spec: AttentionCase }
  | { readonly suite: 'matmul'; readonly spec: MatMulCase };

/** Its contenders in this process, with the threads that the backend has. */
export function prepareContest(task: Task): Promise<Contest> {
  return task.suite === 'attention' ? prepareAttention(task.spec) : prepareMatMul(task.spec);
}
