/** Words that all threads share. */
const NUMBER = 0; // counts the jobs: threads without work sleep on it
const LEFT = 1; // number of calls of the job that no thread has taken yet
const DONE = 2; // number of its calls that are done
const FAILED = 3;
const MODULE = 4;
const KERNEL = 5;
const WIDTH = 6; // number of arguments of a call
const ENDED = 7; // whether a thread has ended
const MODULES = 8; // offset and length of each module's code in bytes

const MOST_MODULES = 32;
const WORDS = MODULES + 2 * MOST_MODULES;
/** Capacity for the arguments of all calls of a job. */
const CAPACITY = 8192;

/** Polls before a thread sleeps: some tens of microseconds. */
const LOOKS = 5000;
/** No call takes longer: a thread that has not answered by then is lost, even if nothing reported its end. */
const LOST_AFTER = 600_000;

/** A job: a kernel called once for each list of arguments, in any order and on any thread. */
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
 * The queue from which all threads, the main thread included, take the calls of a job. A call is taken by counting down
 * the remaining ones. A finished job has none left, and the next one is posted only then: a late thread takes a call of
 * the next job or none, the data of a job stay until a thread is done with its call, and no thread waits for a thread
 * that took none.
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

  /** Whether a job of this many calls and arguments fits. */
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
    // Before the number: a thread that sees the new job without calls would sleep through it.
    Atomics.store(words, LEFT, calls.length);
    Atomics.add(words, NUMBER, 1);
    Atomics.notify(words, NUMBER);
  }

  /** Takes calls until none is left, also those of a failed job; `run` gets the kernel and the arguments of each. */
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

  /** Takes a call and returns its index, or null where all are taken. */
  private take(): number | null {
    const { words } = this;
    for (;;) {
      const left = Atomics.load(words, LEFT);
      if (left === 0) return null;
      if (Atomics.compareExchange(words, LEFT, left, left - 1) === left) return left - 1;
    }
  }

  /**
   * Waits until this many calls are done.
   *
   * @returns whether all succeeded; 'lost' where a thread ended meanwhile, or does not answer
   */
  finish(calls: number): 'done' | 'failed' | 'lost' {
    const { words } = this;
    const start = performance.now(); // unlike the date, it is never adjusted
    for (let done = Atomics.load(words, DONE); done < calls; done = Atomics.load(words, DONE)) {
      if (this.hasEnded) return 'lost';
      this.watch(DONE, done);
      if (performance.now() - start > LOST_AFTER) return 'lost';
    }
    return words[FAILED] ? 'failed' : 'done';
  }

  /** Reports to the main thread, which may be waiting, that a thread has ended. */
  reportEnd(): void {
    Atomics.store(this.words, ENDED, 1);
    Atomics.notify(this.words, DONE);
  }

  get hasEnded(): boolean {
    return Atomics.load(this.words, ENDED) === 1;
  }

  get number(): number {
    return Atomics.load(this.words, NUMBER);
  }

  /** Waits until a job other than `number` is posted. */
  awaitJob(number: number): void {
    while (this.number === number) this.watch(NUMBER, number);
  }

  /** Waits for a change, and sleeps where that is allowed, with a timeout, so that a missed change is noticed later. */
  private watch(word: number, value: number): void {
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.words, word) !== value) return;
    if (this.hasEnded) return; // reported before this thread would sleep
    if (this.maySleep) Atomics.wait(this.words, word, value, 1000);
  }
}

/** The main thread of a page may not sleep. */
function maySleep(words: Int32Array): boolean {
  try {
    Atomics.wait(words, NUMBER, -1, 0);
    return true;
  } catch {
    return false;
  }
}
