import { startWorkers } from '#platform';
import type { RunningWorkers } from '../../../platform/starting-workers.js';
import type { ThreadStart } from './run-thread.js';
import { THREAD_SOURCE } from './thread.generated.js';

/** A system without resources for another worker may never report it. */
const STARTS_WITHIN = 10_000;

/**
 * Starts workers that run `runThread`.
 *
 * @throws the error of the worker that did not start; then none is left running
 */
export async function startThreads(starts: readonly ThreadStart[]): Promise<RunningWorkers> {
  const { ready, workers } = startWorkers(THREAD_SOURCE, starts);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = new Error(`a worker did not start within ${STARTS_WITHIN / 1000} s`);
    timer = setTimeout(() => reject(reason), STARTS_WITHIN);
  });
  try {
    await Promise.race([ready, late]);
    return workers;
  } catch (error) {
    workers.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
