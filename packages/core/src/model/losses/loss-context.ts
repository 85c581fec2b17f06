import type { Context } from '../model.js';

/** What a loss may be told beside its batch. */
export interface LossContext extends Context {
  /**
   * What each mean of the loss divides its sum by: the labels that count in all batches which make one step, so that the
   * losses of the batches add up to that of one large batch. Absent: the labels of this batch.
   */
  readonly labelCounts?: readonly number[] | undefined;
}

/**
 * How many labels of a batch count: all but those that are ignored. What is no row of labels has none; `labelTensor` says
 * so where the loss is computed.
 */
export function countLabels(rows: Iterable<number | ArrayLike<number>>, ignoreLabel = -100): number {
  let count = 0;
  for (const row of rows ?? []) {
    if (typeof row === 'number') count += row === ignoreLabel ? 0 : 1;
    else for (let i = 0; i < (row?.length ?? 0); i++) if (row[i] !== ignoreLabel) count++;
  }
  return count;
}
