/** Words that all threads see. */
const NUMBER = 0; // counts the jobs: threads without work sleep on it
const LEFT = 1; // how many calls of the job nobody has taken yet
const DONE = 2; // how many of its calls are through
const FAILED = 3;
const MODULE = 4;
const KERNEL = 5;
const WIDTH = 6; // numbers of a call
const MODULES = 8; // of each module where its code lies, and how many bytes

const MOST_MODULES = 32;
const WORDS = MODULES + 2 * MOST_MODULES;
/** Numbers of all calls of a job. */
const CAPACITY = 8192;

/** How often a thread looks again before it sleeps: some tens of microseconds. */
const LOOKS = 5000;
/** No call takes so long: a thread that has not answered by then is gone. */
const LOST_AFTER = 600_000;

/** A kernel called once for each list of numbers, in any order and on any thread. */
export interface Job {
  readonly module: number;
  readonly kernel: number;
  readonly calls: readonly (readonly number[])[];
}

export interface CodePlace {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Where the main thread posts a job and all threads take its calls from, itself among them. A call is taken by counting
 * down those that are left. None is left of a job that is over, and the next is only posted then: so a thread that comes
 * late takes a call of the next job or none, what it reads of a job stays as it is until it is through with its call, and
 * nobody waits for one that took none.
 */
export class JobBoard {
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;
  private readonly maySleep: boolean;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(WORDS * 4 + CAPACITY * 8)) {
    this.words = new Int32Array(memory, 0, WORDS);
    this.numbers = new Float64Array(memory, WORDS * 4, CAPACITY);
    this.maySleep = maySleep(this.words);
  }

  /** Whether a job of so many calls, each of so many numbers, has room. */
  holds(calls: number, width: number): boolean {
    return calls * width <= CAPACITY;
  }

  placeModule(module: number, { offset, bytes }: CodePlace): void {
    if (module >= MOST_MODULES) throw new RangeError(`threads hold ${MOST_MODULES} modules of kernels`);
    this.words.set([offset, bytes], MODULES + 2 * module);
  }

  placeOf(module: number): CodePlace {
    const [offset, bytes] = this.words.subarray(MODULES + 2 * module);
    return { offset: offset! >>> 0, bytes: bytes! };
  }

  post({ module, kernel, calls }: Job): void {
    const { words, numbers } = this;
    const width = calls[0]!.length;
    for (const [index, call] of calls.entries()) numbers.set(call, index * width);
    words[MODULE] = module;
    words[KERNEL] = kernel;
    words[WIDTH] = width;
    words[FAILED] = 0;
    Atomics.store(words, DONE, 0);
    // Before the number: a thread that sees this job counted and no call left would sleep through it.
    Atomics.store(words, LEFT, calls.length);
    Atomics.add(words, NUMBER, 1);
    Atomics.notify(words, NUMBER);
  }

  /** Takes calls until none is left, those of a job that failed too; `run` gets the kernel and the numbers of each. */
  takeCalls(run: (module: number, kernel: number, numbers: Iterable<number>) => void): void {
    const { words } = this;
    for (let index = this.take(); index !== null; index = this.take()) {
      const width = words[WIDTH]!;
      try {
        run(words[MODULE]!, words[KERNEL]!, this.numbers.subarray(index * width, (index + 1) * width));
      } catch {
        words[FAILED] = 1;
      }
      Atomics.add(words, DONE, 1);
      Atomics.notify(words, DONE);
    }
  }

  /** The index of a call that is now the caller's, or null where all are taken. */
  private take(): number | null {
    const { words } = this;
    for (;;) {
      const left = Atomics.load(words, LEFT);
      if (left === 0) return null;
      if (Atomics.compareExchange(words, LEFT, left, left - 1) === left) return left - 1;
    }
  }

  /**
   * Waits until as many calls are through.
   *
   * @returns whether all came to a good end; 'lost' where a thread does not answer any more
   */
  finish(calls: number): 'done' | 'failed' | 'lost' {
    const { words } = this;
    const start = performance.now(); // unlike the date, nobody sets it anew meanwhile
    for (let done = Atomics.load(words, DONE); done < calls; done = Atomics.load(words, DONE)) {
      this.watch(DONE, done);
      if (performance.now() - start > LOST_AFTER) return 'lost';
    }
    return words[FAILED] ? 'failed' : 'done';
  }

  get number(): number {
    return Atomics.load(this.words, NUMBER);
  }

  /** Waits until another job than `number` is posted. */
  awaitJob(number: number): void {
    while (this.number === number) this.watch(NUMBER, number);
  }

  /** Looks for a change, and sleeps where that is allowed: never for long, so that nothing missed is missed for good. */
  private watch(word: number, value: number): void {
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.words, word) !== value) return;
    if (this.maySleep) Atomics.wait(this.words, word, value, 1000);
  }
}

/** The main thread of a page may not. */
function maySleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, NUMBER, -1, 0);
    return true;
  } catch {
    return false;
  }
}
