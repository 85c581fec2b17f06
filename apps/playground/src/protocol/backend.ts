import type { Command } from './messages.js';

/** What computes, and why. */
export interface BackendReport {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** One line for the badge: `WebAssembly, 8 threads`. */
  readonly short: string;
  /** Which, why, and what would be faster. */
  readonly sentences: readonly string[];
  readonly isFast: boolean;
}

export interface BackendCommands {
  /** Opens the best backend there is, or the one that is named. */
  readonly 'backend.open': Command<{ readonly name?: BackendReport['name'] | undefined }, BackendReport>;
  readonly 'backend.memory': Command<void, { readonly live: number; readonly peak: number; readonly reserved: number }>;
}

export interface BackendEvents {
  readonly 'backend.opened': BackendReport;
  /** What it computed on is gone: runs stand at their last checkpoint. */
  readonly 'backend.lost': { readonly name: BackendReport['name']; readonly reason: string };
}
