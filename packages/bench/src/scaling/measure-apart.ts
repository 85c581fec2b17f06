import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SequiturError } from '@sequitur/core';
import type { Measure, MeasureHooks, MeasureRequest } from './measure.js';
import type { Attempt, PointRecord, ResultRecord } from './records.js';
import { keyOf } from './sweep.js';
import type { FromWorker } from './worker-messages.js';

export interface ApartOptions {
  /** A module that calls `serveMeasurements`; default the one with all candidates. */
  readonly worker?: URL;
  /** Node options of the process; default those of this one. */
  readonly execArgv?: readonly string[];
  /** Seconds without a message after which the process is killed; default three time limits and a minute. */
  readonly patience?: number;
}

/** How a process ended before it was done. */
interface Death {
  readonly attempt: Attempt | undefined;
  readonly outcome: PointRecord['outcome'];
  readonly detail: string;
}

/**
 * Measures in a separate process. If the process dies (out of memory, for example) or stops reporting, that is the
 * result of its current point, and a new process measures the rest.
 */
export function measureApart({
  worker = new URL('./worker.ts', import.meta.url),
  ...rest
}: ApartOptions = {}): Measure {
  return async function* measure(request, hooks) {
    const done: ResultRecord[] = [...request.done];
    const started = performance.now();
    for (;;) {
      const budget = request.budget && Math.max(0, request.budget - (performance.now() - started) / 1000);
      const process = startProcess(worker, { ...request, budget, done }, rest);
      for await (const record of process.records(hooks)) {
        done.push(record);
        yield record;
      }
      const death = await process.death();
      hooks.signal?.throwIfAborted();
      if (!death) return;
      const record = recordOf(death, done);
      done.push(record);
      yield record;
    }
  };
}

/** @throws SequiturError if the process had no current point, or one with a result: a new process would die again */
function recordOf({ attempt, outcome, detail }: Death, done: readonly ResultRecord[]): PointRecord {
  const known = attempt && done.some((record) => record.type === 'point' && keyOf(record) === keyOf(attempt));
  if (!attempt || known) {
    throw new SequiturError({ where: 'the measuring process', expected: 'results', got: detail });
  }
  return { type: 'point', ...attempt, outcome, detail, times: [], tokens: attempt.length };
}

type ProcessOptions = Omit<ApartOptions, 'worker'>;

function startProcess(worker: URL, request: MeasureRequest, { execArgv, patience }: ProcessOptions) {
  const child = fork(fileURLToPath(worker), [], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    ...(execArgv && { execArgv: [...execArgv] }),
  });
  const exited = once(child, 'exit');
  const complaints = collectComplaints(child);
  const silence = watchSilence(child, patience ?? 3 * request.settings.timeLimit + 60);
  let attempt: Attempt | undefined;
  let done = false;
  return {
    async *records({ signal, onProgress, onAttempt }: MeasureHooks): AsyncGenerator<ResultRecord> {
      const kill = () => void child.kill('SIGKILL');
      signal?.addEventListener('abort', kill);
      try {
        child.send(request);
        for await (const [message] of on(child, 'message', { close: ['disconnect'] }) as AsyncIterable<[FromWorker]>) {
          silence.heard();
          if (message.type === 'record') yield message.record;
          else if (message.type === 'progress') onProgress?.(message.progress);
          else if (message.type === 'failed') throw new Error(message.message);
          else if (message.type === 'done') done = true;
          else {
            attempt = message.attempt;
            await onAttempt?.(attempt);
          }
        }
      } finally {
        silence.end();
        signal?.removeEventListener('abort', kill);
        if (!done) kill();
      }
    },
    async death(): Promise<Death | null> {
      const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
      if (done) return null;
      if (silence.tooLong()) return { attempt, outcome: 'timed-out', detail: 'its process stopped reporting' };
      const memory = signal === 'SIGKILL' || /out of memory/i.test(complaints());
      const ended = signal ? `was killed by ${signal}` : `ended with code ${code}`;
      const detail = [`its process ${ended}`, fatalLine(complaints())].filter(Boolean).join(': ');
      return { attempt, outcome: memory ? 'out-of-memory' : 'failed', detail };
    },
  };
}

/** Ends the process if it reports nothing for a number of seconds: a computation cannot be interrupted. */
function watchSilence(child: ChildProcess, patience: number) {
  let tooLong = false;
  const giveUp = () => {
    tooLong = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(giveUp, 1000 * patience);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, 1000 * patience);
    },
    end: () => clearTimeout(timer),
    tooLong: () => tooLong,
  };
}

/** Forwards the process's stderr, and keeps the end of it. */
function collectComplaints(child: ChildProcess): () => string {
  let kept = '';
  child.stderr!.on('data', (piece: Buffer) => {
    process.stderr.write(piece);
    kept = (kept + piece.toString()).slice(-10_000);
  });
  return () => kept;
}

/** The engine's fatal error among its stack and statistics, else the first line of an error. */
function fatalLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (lines.find((line) => /fatal error/i.test(line)) ?? lines.find((line) => /error/i.test(line)) ?? '').slice(
    0,
    200,
  );
}
