/** What a trainer is doing, for a page to show. */
export interface TrainingProgress {
  readonly phase: 'counting words' | 'merging pairs' | 'finding pieces' | 'estimating' | 'pruning';
  /** Done of `total` within the phase. */
  readonly done: number;
  readonly total: number;
}

export interface VocabularyTrainingOptions {
  /** Tokens of the finished vocabulary, special ones included; fewer where the text has no more. */
  readonly vocabularySize: number;
  /** Get the first ids, in order. */
  readonly specialTokens?: readonly string[] | undefined;
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Ends the training with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How long a trainer works before it lets the page draw and react. */
const PATIENCE_MS = 40;

/** Lets others work from time to time, and notices when nobody wants the result any more. */
export class Pauses {
  readonly #options: Pick<VocabularyTrainingOptions, 'onProgress' | 'signal'>;
  #last = performance.now();

  constructor(options: Pick<VocabularyTrainingOptions, 'onProgress' | 'signal'>) {
    this.#options = options;
    options.signal?.throwIfAborted();
  }

  /** Whether it is time to pause; cheap enough to ask often. */
  get isDue(): boolean {
    return performance.now() - this.#last > PATIENCE_MS;
  }

  /** @throws the signal's reason where the training was aborted */
  async pause(progress: TrainingProgress): Promise<void> {
    this.#options.onProgress?.(progress);
    await new Promise((resolve) => setTimeout(resolve));
    this.#options.signal?.throwIfAborted();
    this.#last = performance.now();
  }
}
