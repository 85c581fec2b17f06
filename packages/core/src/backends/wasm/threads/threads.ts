import { SequiturError } from '../../../errors.js';
import type { RunningWorkers } from '../../../platform/starting-workers.js';
import { type CodePlace, JobBoard } from './job-board.js';
import { startThreads } from './start-thread.js';

/** Calls a kernel by name once for each list of arguments, on all threads unless `isShared` is false. */
export type RunAll<Name extends string = string> = (
  kernel: Name,
  calls: readonly (readonly number[])[],
  isShared?: boolean,
) => void;

type Kernel = (...numbers: number[]) => void;

/** The threads of one backend, the main thread included; only that one until others are started. */
export class Threads {
  private board: JobBoard | null = null;
  private others: RunningWorkers | null = null;
  private otherCount = 0;
  private modules = 0;

  get count(): number {
    return 1 + this.otherCount;
  }

  /**
   * Starts other threads, before any kernels are bound.
   *
   * @param memory shared
   * @throws the error of the worker that did not start; then none is left running
   */
  async start(others: number, memory: WebAssembly.Memory): Promise<void> {
    const board = new JobBoard();
    const starts = Array.from({ length: others }, (_, index) => ({ thread: index + 1, memory, board: board.memory }));
    this.others = await startThreads(starts);
    this.otherCount = others;
    this.board = board;
  }

  /**
   * Binds kernels to the threads.
   *
   * @param place writes the code of the kernels to memory, where it must stay: each thread compiles it at first use
   * @returns a function that calls them
   */
  bind(kernels: WebAssembly.Exports, place: () => CodePlace): RunAll {
    if (!this.board) return (name, calls) => callAll(kernels[name] as Kernel, calls);
    const names = Object.keys(kernels);
    const module = this.modules++;
    this.board.placeModule(module, place());
    return (name, calls, isShared = true) => {
      if (this.board?.hasEnded) this.close(); // while no job was waiting for it
      const { board } = this;
      const kernel = kernels[name] as Kernel;
      const fits = calls.length > 1 && board?.holds(calls.length, calls[0]!.length);
      if (!board || !isShared || !fits) return callAll(kernel, calls);
      board.post({ module, kernel: names.indexOf(name), calls });
      board.takeCalls((_module, _kernel, numbers) => kernel(...numbers, 0));
      const end = board.finish(calls.length);
      if (end === 'lost') this.close(); // the next job would wait for it again, or be miscounted if it still comes
      if (end !== 'done') throw brokenThread(name, end);
    };
  }

  /** Ends the other threads; bound kernels then run on this thread only. */
  close(): void {
    this.board = null;
    this.otherCount = 0;
    this.others?.terminate();
    this.others = null;
  }
}

function callAll(kernel: Kernel, calls: readonly (readonly number[])[]): void {
  for (const numbers of calls) kernel(...numbers, 0);
}

function brokenThread(kernel: string, end: 'failed' | 'lost'): SequiturError {
  return new SequiturError({
    where: `WebAssembly threads, kernel '${kernel}'`,
    expected: 'every thread to finish its part',
    got: end === 'lost' ? 'one that ended, or does not answer' : 'one that failed',
    fix:
      end === 'lost'
        ? 'The result of this call is lost; later ones run on one thread until the backend is closed and opened again'
        : 'Close the backend and open it with { threads: 1 }',
  });
}
