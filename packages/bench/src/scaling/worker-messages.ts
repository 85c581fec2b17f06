import type { MeasureRequest } from './measure.js';
import type { Attempt, ResultRecord } from './records.js';
import type { SweepProgress } from './sweep.js';

/** The only message to a measuring process. */
export type ToWorker = MeasureRequest;

/** Messages of a measuring process. It exits after `done` or `failed`. */
export type FromWorker =
  | { readonly type: 'record'; readonly record: ResultRecord }
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  | { readonly type: 'progress'; readonly progress: SweepProgress }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'done' };
