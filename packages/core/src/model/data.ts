import type { Json } from '../json.js';

/**
 * A resumable stream of batches, for training runs and their checkpoints.
 *
 * Iterating continues from `position`, which every batch advances. A position is small plain JSON.
 */
export interface ResumableData<Batch> extends Iterable<Batch> {
  /** The position after all batches read so far. */
  readonly position: Json;
  /**
   * Continues after the batch that was read at `position`.
   *
   * @throws SequiturError where the position belongs to other data
   */
  resumeAt(position: Json): void;
}

/** Whether data are resumable. */
export function isResumable<Batch>(
  data: Iterable<Batch> | AsyncIterable<Batch> | ResumableData<Batch>,
): data is ResumableData<Batch> {
  return 'position' in data && 'resumeAt' in data && typeof data.resumeAt === 'function';
}
