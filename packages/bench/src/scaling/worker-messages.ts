import type { MeasureRequest } from './measure.js';
import type { Attempt, ResultRecord } from './records.js';
import type { SweepProgress } from './sweep.js';

/** The first message to a process that measures; there is no second one. */
export type ToWorker = MeasureRequest;

/** What such a process says, in order. After `done` or `failed` it ends. */
export type FromWorker =
  | { readonly type: 'record'; readonly record: ResultRecord }
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  | { readonly type: 'progress'; readonly progress: SweepProgress }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done' };
