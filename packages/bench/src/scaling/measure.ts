import type { BackendName } from '@sequitur/core';
import { openWithThreads } from '../measure/open-with-threads.js';
import type { Participant } from './plan.js';
import type { Attempt, ResultRecord, SweepSettings } from './records.js';
import { type SweepProgress, sweep } from './sweep.js';
import { readBook } from './text.js';
import { trainBriefly } from './train-briefly.js';

/** Points to measure. Plain data, so that it can be sent to another process. */
export interface MeasureRequest {
  readonly settings: SweepSettings;
  /** Seconds of training of every architecture before it is measured. */
  readonly trainFor: number;
  /**
   * Time limit in seconds from now: lengths that would exceed it are skipped, except for the first three; null for no
   * limit.
   */
  readonly budget: number | null;
  /** Existing records, which are not measured again. */
  readonly done: readonly ResultRecord[];
}

export interface MeasureHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  readonly onAttempt?: ((attempt: Attempt) => void | Promise<void>) | undefined;
}

/** Measures record by record, in this process or in a separate one. */
export type Measure = (request: MeasureRequest, hooks: MeasureHooks) => AsyncIterable<ResultRecord>;

/** Fewer lengths do not determine a growth. */
const LEAST_LENGTHS = 3;

/** Trains and measures the participants in this process. */
export async function* measureHere(
  chosen: readonly Participant[],
  { settings, trainFor, budget, done }: MeasureRequest,
  hooks: MeasureHooks,
): AsyncGenerator<ResultRecord> {
  const started = performance.now();
  const untrained = chosen.filter(
    ({ name }) => !done.some((record) => record.type === 'trained' && record.architecture === name),
  );
  if (trainFor > 0 && untrained.length > 0) {
    const backend = await openWithThreads(settings.backend as BackendName, { threads: settings.threads });
    const training = { book: readBook(), seconds: trainFor, sync: () => backend.sync(), signal: hooks.signal };
    for (const [index, participant] of untrained.entries()) {
      hooks.onProgress?.({ done: index, all: untrained.length, now: `training ${participant.name}` });
      yield await trainBriefly(participant, training);
    }
  }
  const elapsed = () => (performance.now() - started) / 1000;
  yield* sweep({ settings, participants: chosen, done, ...hooks, continues: within(budget, elapsed) });
}

/** Whether there is time for a length, if the cost grows with its square. */
function within(budget: number | null, elapsed: () => number): (length: number) => boolean {
  let [before, lastLength, begun] = [elapsed(), 0, 0];
  return (length) => {
    const predicted = lastLength > 0 ? (elapsed() - before) * (length / lastLength) ** 1.3 : 0;
    [before, lastLength] = [elapsed(), length];
    return begun++ < LEAST_LENGTHS || elapsed() + predicted <= (budget ?? Number.POSITIVE_INFINITY);
  };
}
