import type { Family } from '../architectures/index.js';
import type { Command } from './messages.js';

/** A model that can write or be looked into: `run:ab12` was trained here, `folder:cd34` was opened. */
export type ModelRef = string;

export interface ModelInfo {
  readonly ref: ModelRef;
  readonly name: string;
  readonly family: Family;
  /** Where it comes from, in a few words: `trained here, step 1,500`. */
  readonly origin: string;
}

/** A file that was dropped or chosen; folders and zips alike. */
export interface GivenFile {
  readonly name: string;
  readonly content: Blob;
}

export interface ModelCommands {
  /** All that can be opened, the latest last. */
  readonly 'models.list': Command<void, readonly ModelInfo[]>;
  /** Keeps a Hugging Face folder, or a zip of one. Nothing is kept where a file is refused. */
  readonly 'models.add': Command<{ readonly files: readonly GivenFile[] }, ModelInfo>;
  readonly 'models.remove': Command<{ readonly ref: ModelRef }>;
}
