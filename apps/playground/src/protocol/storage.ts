import type { Command } from './messages.js';

/** Where runs, models and texts of the reader's own are kept. */
export interface StorageReport {
  /** Whether it outlives the page: some private windows keep nothing. */
  readonly isLasting: boolean;
  readonly usedBytes: number | null;
  readonly mostBytes: number | null;
}

export interface StorageCommands {
  readonly 'storage.report': Command<void, StorageReport>;
}
