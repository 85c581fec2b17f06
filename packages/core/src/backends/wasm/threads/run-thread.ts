import { type CodePlace, JobBoard } from './job-board.js';

/** What a thread is given when it starts. */
export interface ThreadStart {
  /** 0 is the main thread. */
  readonly thread: number;
  readonly memory: WebAssembly.Memory;
  readonly board: SharedArrayBuffer;
}

type Kernel = (...numbers: number[]) => void;

/** What a worker does for as long as it lives: takes calls of the jobs posted, on the memory it shares with all. */
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

/** The kernels of a module in the order of its exports. Its code is copied, since none is compiled from shared memory. */
function instantiate(memory: WebAssembly.Memory, { offset, bytes }: CodePlace): readonly Kernel[] {
  const code = new Uint8Array(memory.buffer, offset, bytes).slice();
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
  return Object.values(exports) as Kernel[];
}
