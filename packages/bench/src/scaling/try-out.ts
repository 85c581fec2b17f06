import type { Bench } from './bench-models.js';
import { type Cell, makeCell } from './cells.js';
import { countFlops } from './count-flops.js';
import { declaredCost } from './declared-cost.js';
import { isOutOfMemory } from './out-of-memory.js';
import type { Participant } from './plan.js';
import type { Mode, PointRecord, SweepSettings } from './records.js';

/** One point to measure. */
export interface Task {
  readonly participant: Participant;
  readonly mode: Mode;
}

type Tried = { readonly record: PointRecord } | { readonly record: PointRecord; readonly cell: Cell };

/** The warm-up of a point: measures its memory and operations, and decides whether it is timed. */
export async function tryOut(
  bench: Bench,
  { participant, mode }: Task,
  length: number,
  { settings, stopped }: { readonly settings: SweepSettings; readonly stopped: ReadonlyMap<string, string> },
): Promise<Tried> {
  const base: PointRecord = {
    ...{ type: 'point', architecture: participant.name, mode, length, outcome: 'failed', times: [], tokens: length },
  };
  const reason = stopped.get(`${participant.name} ${mode}`);
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
    if (seconds <= settings.timeLimit) return { record: { ...base, ...measured, outcome: 'measured' }, cell };
    cell.dispose();
    return { record: { ...base, ...measured, outcome: 'timed-out', detail: `one run took ${seconds.toFixed(1)} s` } };
  } catch (error) {
    const { message } = error as Error;
    const outcome = isOutOfMemory(error) ? 'out-of-memory' : 'failed';
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    return { record: { ...base, outcome, detail: `${message.slice(0, 300)} (after ${seconds} s)` } };
  }
}
