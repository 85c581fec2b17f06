import { nextTask } from '../next-task.js';
import type { TrainingRun } from './training-run.js';

/** Callbacks of a run's turn. */
export interface Watcher {
  stepped(run: TrainingRun): void;
  /** Something went wrong in its turn. @returns whether what computes is gone */
  failing(run: TrainingRun): Promise<boolean>;
  ended(run: TrainingRun): void;
}

type Ending = 'paused' | 'stopped';

interface Wish {
  readonly status: Ending;
  readonly done: () => void;
}

/** Runs that take turns, step by step. Between two steps the worker hears what the page wants. */
export class Turns {
  readonly #watcher: Watcher;
  readonly #runs = new Map<string, TrainingRun>();
  readonly #wishes = new Map<string, Wish[]>();
  #isGoing = false;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  get isGoing(): boolean {
    return this.#runs.size > 0;
  }

  add(run: TrainingRun): void {
    this.#runs.set(run.id, run);
    if (!this.#isGoing) void this.#go();
  }

  /** Ends a run after the current step; resolves when it is saved. */
  end(id: string, status: Ending): Promise<void> {
    if (!this.#runs.has(id)) return Promise.resolve();
    return new Promise((done) => {
      this.#wishes.set(id, [...(this.#wishes.get(id) ?? []), { status, done }]);
    });
  }

  async #go(): Promise<void> {
    this.#isGoing = true;
    while (this.#runs.size > 0) {
      for (const run of [...this.#runs.values()]) {
        await this.#turn(run);
        await nextTask();
      }
    }
    this.#isGoing = false;
  }

  async #turn(run: TrainingRun): Promise<void> {
    try {
      const wish = this.#wishes.get(run.id)?.[0];
      if (wish) return await this.#leave(run, () => run.end(wish.status));
      if (await run.advance()) this.#watcher.stepped(run);
      else await this.#leave(run, () => run.end('done'));
    } catch (error) {
      const isLost = await this.#watcher.failing(run);
      await this.#leave(run, () => run.fail(error, isLost));
    }
  }

  async #leave(run: TrainingRun, end: () => Promise<void>): Promise<void> {
    try {
      await end();
    } finally {
      this.#runs.delete(run.id);
      this.#watcher.ended(run);
      for (const { done } of this.#wishes.get(run.id) ?? []) done();
      this.#wishes.delete(run.id);
    }
  }
}
