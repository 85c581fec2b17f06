import { type OptionRules, option } from '@sequitur/core';

/** The progress of a trainer. */
export interface TrainingProgress {
  readonly phase: 'counting words' | 'merging pairs' | 'finding pieces' | 'estimating' | 'pruning';
  /** The amount of `total` that is done in this phase. */
  readonly done: number;
  readonly total: number;
}

export interface VocabularyTrainingOptions {
  /** Size of the vocabulary, special tokens included; the result is smaller where the text has too few pieces. */
  readonly vocabularySize: number;
  /** Special tokens, which get the first ids in order. */
  readonly specialTokens?: readonly string[] | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Aborts the training with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Rules of the options of every trainer. */
export const trainingRules: OptionRules<VocabularyTrainingOptions> = {
  vocabularySize: option.count,
  specialTokens: option.optional(option.listOf(option.text)),
  onProgress: option.optional(option.callback),
  signal: option.optional(option.signal),
};

/** Milliseconds that a trainer works before it yields to the event loop. */
const PATIENCE_MS = 40;

/** Yields to the event loop from time to time, and checks the signal. */
export class Pauses {
  readonly #options: Pick<VocabularyTrainingOptions, 'onProgress' | 'signal'>;
  #last = performance.now();

  constructor(options: Pick<VocabularyTrainingOptions, 'onProgress' | 'signal'>) {
    this.#options = options;
    options.signal?.throwIfAborted();
  }

  /** Whether it is time to yield; cheap to check. */
  get isDue(): boolean {
    return performance.now() - this.#last > PATIENCE_MS;
  }

  /**
   * Yields, and reports the progress.
   *
   * @throws the signal's reason where the training was aborted
   */
  async pause(progress: TrainingProgress): Promise<void> {
    this.#options.onProgress?.(progress);
    await new Promise((resolve) => setTimeout(resolve));
    this.#options.signal?.throwIfAborted();
    this.#last = performance.now();
  }
}
