import type { ResultRecord, SweepSettings } from '@sequitur/bench/page';
import type { CompareProgress, CompareSettings } from '../../protocol/compare.js';
import type { CallContext } from '../../protocol/server.js';
import { nextTask } from '../next-task.js';
import type { Backend } from '../packages.js';
import type { ReadText } from '../train/texts.js';
import { comparisonOf } from './comparison.js';

/** Seconds that one run may take: a page is watched. */
const TIME_LIMIT = 20;
/** Seconds that each architecture learns, for the losses. */
const TRAIN_SECONDS = 2;
const TEXT = 'moby-dick';
const MODES = ['train', 'prefill', 'decode'] as const;

/** Measures architectures of equal size on ever longer texts, then how fast they learn one; tells of every record. */
export async function measure(
  settings: CompareSettings,
  backend: Backend,
  readText: ReadText,
  { signal, part }: CallContext<CompareProgress>,
): Promise<ResultRecord[]> {
  const bench = await import('@sequitur/bench/page');
  const sweepSettings = fullSettings(settings, backend);
  const participants = bench.participants(bench.candidates, sweepSettings);
  const records: ResultRecord[] = [headOf(sweepSettings), ...participants.map(({ record }) => record)];
  let progress = { done: 0, all: 1, now: 'making the models' };
  const tell = () => part({ ...progress, comparison: comparisonOf(records, bench) });
  const all = bench.sweep({
    ...{ settings: sweepSettings, participants, signal },
    onProgress: (now) => {
      progress = now;
      tell();
    },
    onAttempt: nextTask,
  });
  for await (const record of all) {
    records.push(record);
    tell();
  }
  const training = {
    book: bench.bookOf(await readText(TEXT)),
    seconds: TRAIN_SECONDS,
    sync: () => backend.sync(),
    signal,
  };
  for (const participant of participants) {
    progress = { ...progress, now: `training ${participant.name}` };
    tell();
    await nextTask();
    records.push(await bench.trainBriefly(participant, training));
  }
  return records;
}

function fullSettings(
  { architectures, lengths, rounds, width }: Omit<CompareSettings, 'backend'>,
  backend: Backend,
): SweepSettings {
  const { threads } = backend.capabilities;
  return {
    ...{ architectures: [...architectures], lengths: [...lengths], rounds, width, modes: [...MODES] },
    ...{ depth: 2, heads: 2, vocabularySize: 128, matchedBy: 'parameters', clock: 'wall', timeLimit: TIME_LIMIT },
    backend: backend.name,
    threads: threads?.found ? Number.parseInt(threads.detail, 10) : 1,
  };
}

function headOf(settings: SweepSettings): ResultRecord {
  // Only a page has a navigator; tests run without one.
  const { hardwareConcurrency: cores = 1, userAgent = 'unknown' } = globalThis.navigator ?? {};
  return {
    ...{ type: 'sweep', version: 2, command: 'the playground, Compare', started: new Date().toISOString(), settings },
    machine: { processor: 'of a browser', cores, node: userAgent },
  };
}
