import type { Json } from '../json.js';

/**
 * Batches that can be gone on with in another process: what a training run reads, and what its checkpoints remember
 * of the data.
 *
 * Iterating goes on from `position`; every batch handed out moves it. A position is plain JSON and small.
 */
export interface ResumableData<Batch> extends Iterable<Batch> {
  /** All that was handed out so far, as a place to go on from. */
  readonly position: Json;
  /**
   * Makes the next batch the one that followed when `position` was read.
   *
   * @throws SequiturError where the position belongs to other data
   */
  resumeAt(position: Json): void;
}

/** Whether these data can be gone on with. */
export function isResumable<Batch>(
  data: Iterable<Batch> | AsyncIterable<Batch> | ResumableData<Batch>,
): data is ResumableData<Batch> {
  return 'position' in data && 'resumeAt' in data && typeof data.resumeAt === 'function';
}
