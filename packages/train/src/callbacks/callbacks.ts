import { option, optionsOf } from '@sequitur/core';
import type { TrainProgress } from '../train-progress.js';

/** The beginning of a run in this process. */
export interface TrainStart {
  /** The last step before it: 0 in a new run, that of the checkpoint in a resumed one. */
  readonly step: number;
  /** Total number of steps, where it is given. */
  readonly steps: number | undefined;
}

export interface TrainEvaluation {
  readonly step: number;
  readonly validationLoss: number;
}

export interface TrainCheckpoint {
  readonly step: number;
  /** The name of the checkpoint in the store. */
  readonly checkpoint: string;
}

/** The end of a run in this process. */
export interface TrainEnd {
  readonly step: number;
  /** `finished`, aborted by the signal, left by its loop, or failed with an error. */
  readonly reason: 'finished' | 'aborted' | 'left' | 'failed';
  readonly error?: unknown;
}

/**
 * Callbacks of a run, each awaited before the next step. A callback that throws ends the run with its error; earlier
 * checkpoints remain.
 */
export interface TrainCallbacks {
  readonly onStart?: ((start: TrainStart) => void | Promise<void>) | undefined;
  /** After every step, its evaluation and its checkpoint. */
  readonly onStep?: ((progress: TrainProgress) => void | Promise<void>) | undefined;
  readonly onEvaluate?: ((evaluation: TrainEvaluation) => void | Promise<void>) | undefined;
  readonly onCheckpoint?: ((checkpoint: TrainCheckpoint) => void | Promise<void>) | undefined;
  /** Called at the end of the run in every case, once for each `onStart`. */
  readonly onEnd?: ((end: TrainEnd) => void | Promise<void>) | undefined;
}

const optionalCallback = option.optional(option.callback);

export const callbackRules = option.listOf(
  optionsOf<TrainCallbacks>({
    onStart: optionalCallback,
    onStep: optionalCallback,
    onEvaluate: optionalCallback,
    onCheckpoint: optionalCallback,
    onEnd: optionalCallback,
  }),
);

/** Several callbacks as one, called in their order. */
export class CallbackList {
  readonly #callbacks: readonly TrainCallbacks[];
  readonly #started: TrainCallbacks[] = [];

  constructor(callbacks: readonly TrainCallbacks[]) {
    this.#callbacks = callbacks;
  }

  async start(start: TrainStart): Promise<void> {
    for (const callbacks of this.#callbacks) {
      this.#started.push(callbacks);
      await callbacks.onStart?.(start);
    }
  }

  async step(progress: TrainProgress): Promise<void> {
    const { step, validationLoss, checkpoint } = progress;
    for (const { onStep, onEvaluate, onCheckpoint } of this.#callbacks) {
      if (validationLoss !== undefined) await onEvaluate?.({ step, validationLoss });
      if (checkpoint !== undefined) await onCheckpoint?.({ step, checkpoint });
      await onStep?.(progress);
    }
  }

  async checkpoint(saved: TrainCheckpoint): Promise<void> {
    for (const { onCheckpoint } of this.#callbacks) await onCheckpoint?.(saved);
  }

  /** Ends all that were started, even where one throws. @throws the first error, unless the run has failed itself */
  async end(end: TrainEnd): Promise<void> {
    const ended = await Promise.allSettled(this.#started.map(async ({ onEnd }) => onEnd?.(end)));
    const failed = ended.find((outcome) => outcome.status === 'rejected');
    if (failed && end.reason !== 'failed') throw failed.reason;
  }
}
