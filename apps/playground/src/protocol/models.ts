import type { Family } from '../architectures/index.js';
import type { Command } from './messages.js';

/**
 * A model that can write or be looked into: `run:ab12` was trained here, `folder:cd34` was opened, `site:stories-gpt` comes
 * with the site; `read:intents` is one of the room Read, to be looked into.
 */
export type ModelRef = string;

export interface ModelInfo {
  readonly ref: ModelRef;
  readonly name: string;
  readonly family: Family;
  /** Origin: `trained here, step 1,500`. */
  readonly origin: string;
}

/** A dropped or chosen file, from a folder or a zip. */
export interface GivenFile {
  readonly name: string;
  readonly content: Blob;
}

export interface ModelCommands {
  /** All available models, the latest last. */
  readonly 'models.list': Command<void, readonly ModelInfo[]>;
  /** Stores a Hugging Face folder or a zip of one. If a file is refused, nothing is stored. */
  readonly 'models.add': Command<{ readonly files: readonly GivenFile[] }, ModelInfo>;
  readonly 'models.remove': Command<{ readonly ref: ModelRef }>;
}
