export interface RunningWorkers {
  terminate(): void;
}

export interface StartingWorkers {
  /** Resolves when all run, and rejects where one fails before. */
  readonly ready: Promise<unknown>;
  readonly workers: RunningWorkers;
}
