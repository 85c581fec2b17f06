import { interleaved, type Timing } from '../measure/interleave.js';
import { openPeakLoop } from '../measure/peak.js';
import { openPeakThreads } from '../measure/peak-threads.js';
import { summarize } from '../measure/statistics.js';
import { type ContenderSpeed, type Contest, type KernelContender, titleOf } from './contest.js';
import type { OneThreadProcess } from './one-thread-process.js';
import { prepareContest, type Task } from './task.js';

export interface TaskOptions {
  readonly timing: Timing;
  /** As for `interleaved`. */
  readonly leastTime?: number;
  /** Number of threads of this process. */
  readonly threads: number;
  /** Process of the one-thread contenders, to interleave them with the others. */
  readonly oneThread?: OneThreadProcess | undefined;
}

/** GFLOP/s of all contenders for a task, interleaved, together with the machine's peak. */
export async function measureTask(task: Task, options: TaskOptions): Promise<ContenderSpeed[]> {
  const { timing, threads, oneThread, leastTime = 0 } = options;
  const contests: Contest[] = [];
  try {
    contests.push(await prepareContest(task));
    if (oneThread) contests.push(await oneThread.prepare(task));
    contests.push(await peaks(threads));
    const contenders = byTitle(contests.flatMap((contest) => contest.contenders));
    const named = [...contenders].map(([name, contender]) => ({ ...contender, name }));
    const times = await interleaved(named, { ...timing, leastTime });
    return [...contenders].map(([title, { name, threads: own, flops }]) => {
      const speeds = times.get(title)!.map((time) => flops / time / 1e6);
      return { contender: name, threads: own, speed: summarize(speeds) };
    });
  } finally {
    for (const { release } of contests) await release();
  }
}

/**
 * Contenders grouped by name, one for each title: if onnxruntime-web could not start threads in this process, the
 * contender of the other process would be a duplicate.
 */
function byTitle(contenders: readonly KernelContender[]): Map<string, KernelContender> {
  const titled = new Map<string, KernelContender>();
  for (const first of contenders) {
    for (const contender of contenders.filter(({ name }) => name === first.name)) {
      const title = titleOf(contender.name, contender.threads);
      if (!titled.has(title)) titled.set(title, contender);
    }
  }
  return titled;
}

/** The peak on one thread, and on as many as this process has. */
async function peaks(threads: number): Promise<Contest> {
  const one: KernelContender = { name: 'peak', threads: 1, ...(await openPeakLoop()) };
  if (threads === 1) return { contenders: [one], release: async () => {} };
  const { flops, run, close } = await openPeakThreads(threads);
  return { contenders: [{ name: 'peak', threads, flops, run }, one], release: close };
}
