import type { Progress, Run, RunInfo } from '../../../protocol/train.js';

/** Minimum time between redraws of the page, for any number of runs. */
const EVERY_MS = 250;

/** Collects the events of all runs for one redraw of the page; the end of a run is reported at once. */
export class Arriving {
  readonly #tell: (all: readonly Progress[]) => void;
  #waiting: Progress[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (all: readonly Progress[]) => void) {
    this.#tell = tell;
  }

  add(progress: Progress): void {
    this.#waiting.push(progress);
    if (progress.info.status !== 'running') this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), EVERY_MS);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tell(this.#waiting.splice(0));
  }
}

/** A run with the steps that an event brings. */
export function grown({ curve }: Run, { from, loss, seconds, validation, info }: Progress): Run {
  return {
    ...info,
    curve: {
      loss: curve.loss.slice(0, from - 1).concat(loss),
      seconds: curve.seconds.slice(0, from - 1).concat(seconds),
      validation,
    },
  };
}

/** A run with new data, but the old curve. */
export function renewed({ curve }: Run, info: RunInfo): Run {
  return { ...info, curve };
}

/** Whether a run has stopped without a command. */
export function isInterrupted({ status, fault }: RunInfo): boolean {
  return status === 'paused' && fault !== undefined;
}
