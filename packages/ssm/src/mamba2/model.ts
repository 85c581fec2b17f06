import { type CheckpointLocation, type FileSink, initialize, type SaveOptions } from '@sequitur/core';
import type { Tokenizer } from '@sequitur/text';
import { CausalStack } from '@sequitur/transformer';
import { type Format, type LoadOptions, loadPretrained, saveModel } from '../checkpoints/pretrained.js';
import { type Mamba2Config, settleMamba2 } from './config.js';
import { mamba2Rules, readMamba2Config, writeMamba2Config } from './hugging-face.js';
import { mamba2Parts } from './parts.js';

const format: Format<Mamba2Config> = {
  read: readMamba2Config,
  write: writeMamba2Config,
  rules: mamba2Rules,
  isTied: (config) => settleMamba2(config).tied,
};

/** A Mamba-2 (Dao and Gu 2024): a language model with its configuration, and its tokenizer where it has one. */
export class Mamba2 extends CausalStack {
  readonly config: Mamba2Config;
  readonly tokenizer: Tokenizer | null;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: Mamba2Config, tokenizer: Tokenizer | null = null) {
    super(mamba2Parts(config));
    this.config = config;
    this.tokenizer = tokenizer;
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create(
    config: Mamba2Config,
    { seed = 0, tokenizer = null }: { seed?: number | string; tokenizer?: Tokenizer | null } = {},
  ): Mamba2 {
    return initialize(new Mamba2(config, tokenizer), seed);
  }

  /**
   * Loads a Mamba-2 from a folder, an address, files dropped on a page, or a Hugging Face repository, with the names of
   * Hugging Face or of the original state-spaces checkpoints. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration holds what this model does not know
   */
  static fromPretrained(location: CheckpointLocation, options: LoadOptions = {}): Promise<Mamba2> {
    return loadPretrained(location, options, format, (config, tokenizer) => new Mamba2(config, tokenizer));
  }

  /** Saves a folder (or files) that Python's `Mamba2ForCausalLM.from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    return saveModel(this, location, options, format);
  }
}
