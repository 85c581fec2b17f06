import type { Command } from './messages.js';

/** The active backend, and the reason for it. */
export interface BackendReport {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** One line for the badge: `WebAssembly, 8 threads`. */
  readonly short: string;
  /** Backend, reason, and a hint to a faster one. */
  readonly sentences: readonly string[];
  readonly isFast: boolean;
}

export interface BackendCommands {
  /** Opens the best available backend, or the named one. */
  readonly 'backend.open': Command<{ readonly name?: BackendReport['name'] | undefined }, BackendReport>;
  readonly 'backend.memory': Command<void, { readonly live: number; readonly peak: number; readonly reserved: number }>;
}

export interface BackendEvents {
  readonly 'backend.opened': BackendReport;
  /** The backend was lost: runs are at their last checkpoint. */
  readonly 'backend.lost': { readonly name: BackendReport['name']; readonly reason: string };
}
