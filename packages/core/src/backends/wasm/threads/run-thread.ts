import { type CodePlace, JobBoard } from './job-board.js';

/** The start data of a thread. */
export interface ThreadStart {
  /** 0 is the main thread. */
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly board: SharedArrayBuffer;
}

type Kernel = (...numbers: number[]) => void;

/** Reports on the board that a thread has ended, to a main thread that may be waiting for it. */
export function reportEnd(board: SharedArrayBuffer): void {
  new JobBoard(board).reportEnd();
}

/** The main loop of a worker: takes calls of the posted jobs, on the shared memory. */
export function runThread({ thread, memory, board: shared }: ThreadStart): never {
  const board = new JobBoard(shared);
  const modules = new Map<number, readonly Kernel[]>();
  const kernelsOf = (module: number): readonly Kernel[] => {
    const known = modules.get(module) ?? instantiate(memory, board.placeOf(module));
    modules.set(module, known);
    return known;
  };
  for (;;) {
    const { number } = board;
    board.takeCalls((module, kernel, numbers) => kernelsOf(module)[kernel]!(...numbers, thread));
    board.awaitJob(number);
  }
}

/** The kernels of a module in the order of its exports. Its code is copied, since shared memory cannot be compiled. */
function instantiate(memory: WebAssembly.Memory, { offset, bytes }: CodePlace): readonly Kernel[] {
  const code = new Uint8Array(memory.buffer, offset, bytes).slice();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  return Object.values(exports) as Kernel[];
}
