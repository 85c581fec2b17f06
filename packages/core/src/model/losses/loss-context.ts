import type { Context } from '../model.js';

/** The context of a loss besides its batch. */
export interface LossContext extends Context {
  /**
   * The divisor of each mean of the loss: the number of labels in all batches of a step, so that the losses of the
   * batches add up to that of one large batch. Absent: the labels of this batch.
   */
  readonly labelCounts?: readonly number[] | undefined;
}

/**
 * The number of labels of a batch that are not ignored. 0 for anything but rows of labels; `labelTensor` reports such
 * errors when the loss is computed.
 */
export function countLabels(rows: Iterable<number | ArrayLike<number>>, ignoreLabel = -100): number {
  let count = 0;
  for (const row of rows ?? []) {
    if (typeof row === 'number') count += row === ignoreLabel ? 0 : 1;
    else for (let i = 0; i < (row?.length ?? 0); i++) if (row[i] !== ignoreLabel) count++;
  }
  return count;
}
