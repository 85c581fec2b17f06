import { type Backend, type BackendName, closeBackend, initialize, openBackend } from '@sequitur/core';
import { clocks } from '../measure/clock.js';
import { type Contender, interleaved } from '../measure/interleave.js';
import { openPeakLoop, type PeakLoop } from '../measure/peak.js';
import { median } from '../measure/statistics.js';
import type { CandidateModel } from './candidate.js';
import { type Cell, makeCell } from './cells.js';
import { countFlops } from './count-flops.js';
import { declaredCost } from './declared-cost.js';
import type { Attempt } from './measure.js';
import { isOutOfMemory } from './out-of-memory.js';
import type { Participant } from './plan.js';
import type { Mode, PointRecord, ResultRecord, SweepSettings } from './records.js';

/** One point that is still to be measured. */
interface Task {
  readonly participant: Participant;
  readonly mode: Mode;
}

export interface SweepProgress {
  readonly done: number;
  readonly all: number;
  /** What is measured now. */
  readonly now: string;
}

export interface SweepOptions {
  readonly settings: SweepSettings;
  readonly participants: readonly Participant[];
  /** Records of an earlier run: their points are not measured again. */
  readonly done?: readonly ResultRecord[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
  /** Told before each point is tried, and before each of its rounds. */
  readonly onAttempt?: ((attempt: Attempt) => void | Promise<void>) | undefined;
  /** Ask before each length whether to go on to it; default always. */
  readonly continues?: (length: number) => boolean;
}

/**
 * Measures every architecture in every mode at every length, the shortest first. All points of one length take turns; on
 * WebGPU every point gets a device of its own instead, since its buffers would be those of the points before.
 */
export async function* sweep(options: SweepOptions): AsyncGenerator<ResultRecord> {
  const { settings, participants, done = [], signal, onProgress, onAttempt, continues = () => true } = options;
  const finished = done.filter((record) => record.type === 'point');
  const known = new Map(finished.map((record) => [keyOf(record), record]));
  const stopped = new Map<string, string>();
  for (const record of finished) rememberStop(stopped, record);
  const all = settings.lengths.length * participants.reduce((count, { modes }) => count + modes.length, 0);
  let count = finished.length;
  const bench = await openBench(settings.backend);
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

/** The backend and the models on it. */
interface Bench {
  readonly backend: () => Backend;
  /** One for each participant and length, until `renew`. */
  model(participant: Participant, length: number): CandidateModel;
  /** Frees the models; on WebGPU, opens a device without anything on it. */
  renew(): Promise<void>;
  dispose(): void;
}

async function openBench(name: BackendName): Promise<Bench> {
  let backend = await openBackend(name);
  const models = new Map<string, CandidateModel>();
  const disposeModels = () => {
    for (const { model } of models.values()) model.dispose();
    models.clear();
  };
  return {
    backend: () => backend,
    model: (participant, length) => {
      const known = models.get(participant.name);
      if (known) return known;
      const made = participant.create(length);
      initialize(made.model, 1);
      models.set(participant.name, made);
      return made;
    },
    renew: async () => {
      disposeModels();
      if (name !== 'webgpu') return;
      closeBackend(name);
      backend = await openBackend(name);
    },
    dispose: disposeModels,
  };
}

interface GroupContext {
  readonly settings: SweepSettings;
  /** Why an architecture in a mode is not tried at longer lengths. */
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
  const contenders: Contender[] = prepared.map(({ cell, record }) => ({
    name: keyOf(record),
    prepare: () => context.onAttempt?.({ architecture: record.architecture, mode: record.mode, length }),
    run: async () => {
      cell.run();
      await bench.backend().sync();
    },
  }));
  const clock = clocks[context.settings.clock];
  const times = await interleaved([...contenders, { name: 'peak', run: context.peak.run }], {
    ...{ rounds: context.settings.rounds, warmUp: 0, leastTime: 5, clock },
    onRound: () => context.signal?.throwIfAborted(),
  });
  const flopsPerSecond = (1000 * context.peak.flops) / median(times.get('peak')!);
  yield { type: 'peak', length, flopsPerSecond } as const;
  for (const { cell, record } of prepared) {
    cell.dispose();
    yield { ...record, times: times.get(keyOf(record))!.map(rounded) };
  }
}

type Tried = { readonly record: PointRecord } | { readonly record: PointRecord; readonly cell: Cell };

/** The warm-up of a point: finds what it needs, and whether it is to be timed at all. */
async function tryOut(
  bench: Bench,
  { participant, mode }: Task,
  length: number,
  context: GroupContext,
): Promise<Tried> {
  const base: PointRecord = {
    ...{ type: 'point', architecture: participant.name, mode, length, outcome: 'failed', times: [], tokens: length },
  };
  const reason = context.stopped.get(`${participant.name} ${mode}`);
  if (reason)
    return { record: { ...base, outcome: reason as PointRecord['outcome'], detail: 'as at a shorter length' } };
  const started = performance.now();
  let cell: Cell | undefined;
  try {
    const model = bench.model(participant, length);
    cell = makeCell(model, mode, length);
    const backend = bench.backend();
    const { live } = backend.memory();
    backend.resetPeak();
    const runStarted = performance.now();
    const { flops } = countFlops(() => cell!.run());
    await backend.sync();
    const peakBytes = backend.memory().peak - live;
    const seconds = (performance.now() - runStarted) / 1000;
    const declared = declaredCost(model, mode, length);
    const measured = {
      ...{ tokens: cell.tokens, peakBytes, flops, declaredFlops: declared.flops },
      ...(cell.stateBytes !== undefined && { stateBytes: cell.stateBytes }),
      ...(declared.stateBytes !== undefined && { declaredStateBytes: declared.stateBytes }),
    };
    if (seconds <= context.settings.timeLimit) return { record: { ...base, ...measured, outcome: 'measured' }, cell };
    cell.dispose();
    return { record: { ...base, ...measured, outcome: 'timed-out', detail: `one run took ${seconds.toFixed(1)} s` } };
  } catch (error) {
    const { message } = error as Error;
    const outcome = isOutOfMemory(error) ? 'out-of-memory' : 'failed';
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { record: { ...base, outcome, detail: `${message.slice(0, 300)} (after ${seconds} s)` } };
  }
}

function rememberStop(stopped: Map<string, string>, { architecture, mode, outcome }: PointRecord): void {
  if (outcome !== 'measured') stopped.set(`${architecture} ${mode}`, outcome);
}

function rounded(time: number): number {
  return Number(time.toPrecision(6));
}
