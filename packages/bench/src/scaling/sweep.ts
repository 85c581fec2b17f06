import { attentionTime } from '../measure/attention-time.js';
import { type Clock, clocks } from '../measure/clock.js';
import { type Contender, interleaved } from '../measure/interleave.js';
import { openPeakLoop, type PeakLoop } from '../measure/peak.js';
import { median } from '../measure/statistics.js';
import { type Bench, openBench } from './bench-models.js';
import type { Cell } from './cells.js';
import type { Participant } from './plan.js';
import type { Attempt, PointRecord, ResultRecord, SweepSettings } from './records.js';
import { type Task, tryOut } from './try-out.js';

export interface SweepProgress {
  readonly done: number;
  readonly all: number;
  /** Description of the current point. */
  readonly now: string;
}

export interface SweepOptions {
  readonly settings: SweepSettings;
  readonly participants: readonly Participant[];
  /** Records of an earlier run, whose points are not measured again. */
  readonly done?: readonly ResultRecord[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** Called before each point is tried, and before each of its rounds. */
  readonly onAttempt?: ((attempt: Attempt) => void | Promise<void>) | undefined;
  /** Called before each length to decide whether to continue; default always. */
  readonly continues?: (length: number) => boolean;
}

/**
 * Measures every architecture in every mode at every length, the shortest first. The points of one length are
 * interleaved; on WebGPU each point has a new device instead, since the buffer pool would keep the buffers of earlier
 * points.
 */
export async function* sweep(options: SweepOptions): AsyncGenerator<ResultRecord> {
  const { settings, participants, done = [], signal, onProgress, onAttempt, continues = () => true } = options;
  const finished = done.filter((record) => record.type === 'point');
  const known = new Map(finished.map((record) => [keyOf(record), record]));
  const stopped = new Map<string, string>();
  for (const record of finished) rememberStop(stopped, record);
  const all = settings.lengths.length * participants.reduce((count, { modes }) => count + modes.length, 0);
  let count = finished.length;
  const bench = await openBench(settings.backend, settings.threads);
  const peak = await openPeakLoop();
  try {
    for (const length of settings.lengths) {
      if (!continues(length)) return;
      const tasks = participants.flatMap((participant) => participant.modes.map((mode) => ({ participant, mode })));
      const open = tasks.filter(
        ({ participant, mode }) => !known.has(keyOf({ architecture: participant.name, mode, length })),
      );
      const groups = settings.backend === 'webgpu' ? open.map((task) => [task]) : [open];
      for (const group of groups.filter(({ length: size }) => size > 0)) {
        onProgress?.({ done: count, all, now: `length ${length}` });
        for await (const record of measureGroup(bench, group, length, { settings, stopped, peak, signal, onAttempt })) {
          if (record.type === 'point') count++;
          yield record;
        }
        await bench.renew();
      }
    }
    onProgress?.({ done: count, all, now: 'done' });
  } finally {
    bench.dispose();
  }
}

export function keyOf({ architecture, mode, length }: Pick<PointRecord, 'architecture' | 'mode' | 'length'>): string {
  return `${architecture} ${mode} ${length}`;
}

interface GroupContext {
  readonly settings: SweepSettings;
  /** Reasons by architecture and mode why longer lengths are not tried. */
  readonly stopped: Map<string, string>;
  readonly peak: PeakLoop;
  readonly signal: AbortSignal | undefined;
  readonly onAttempt: SweepOptions['onAttempt'];
}

async function* measureGroup(bench: Bench, group: readonly Task[], length: number, context: GroupContext) {
  const prepared: { task: Task; cell: Cell; record: PointRecord }[] = [];
  for (const task of group) {
    context.signal?.throwIfAborted();
    await context.onAttempt?.({ architecture: task.participant.name, mode: task.mode, length });
    const tried = await tryOut(bench, task, length, context);
    if ('cell' in tried) prepared.push({ task, ...tried });
    else {
      rememberStop(context.stopped, tried.record);
      yield tried.record;
    }
  }
  const clock = clocks[context.settings.clock];
  const within = new Map<string, number[]>();
  const contenders = prepared.map(({ cell, record }): Contender => {
    const rounds: number[] = [];
    within.set(keyOf(record), rounds);
    return contender(bench, cell, { record, clock, attention: rounds, onAttempt: context.onAttempt });
  });
  const times = await interleaved([...contenders, { name: 'peak', run: context.peak.run }], {
    ...{ rounds: context.settings.rounds, warmUp: 0, leastTime: 5, clock },
    onRound: () => context.signal?.throwIfAborted(),
  });
  const flopsPerSecond = (1000 * context.peak.flops) / median(times.get('peak')!);
  yield { type: 'peak', length, flopsPerSecond } as const;
  for (const { cell, record } of prepared) {
    cell.dispose();
    const attention = within.get(keyOf(record))!.map(rounded);
    const own = times.get(keyOf(record))!.map(rounded);
    yield { ...record, times: own, ...(attention.some((time) => time > 0) && { attentionTimes: attention }) };
  }
}

interface Timed {
  readonly record: PointRecord;
  readonly clock: Clock;
  /** Receives the time in attention kernels, one for each round, on synchronous backends. */
  readonly attention: number[];
  readonly onAttempt: SweepOptions['onAttempt'];
}

/** A contender that runs a cell, and records the time in attention kernels in the first run of each round. */
function contender(bench: Bench, cell: Cell, { record, clock, attention, onAttempt }: Timed): Contender {
  const { architecture, mode, length } = record;
  let fresh = false;
  return {
    name: keyOf(record),
    prepare: async () => {
      await onAttempt?.({ architecture, mode, length });
      fresh = true;
    },
    run: async () => {
      if (fresh && bench.backend().name !== 'webgpu') attention.push(attentionTime(cell.run, clock));
      else cell.run();
      fresh = false;
      await bench.backend().sync();
    },
  };
}

function rememberStop(stopped: Map<string, string>, { architecture, mode, outcome }: PointRecord): void {
  if (outcome !== 'measured') stopped.set(`${architecture} ${mode}`, outcome);
}

function rounded(time: number): number {
  return Number(time.toPrecision(6));
}
