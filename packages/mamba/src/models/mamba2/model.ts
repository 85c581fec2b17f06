import { initialize } from '@sequitur/core';
import type { CheckpointLocation, CheckpointMetadata } from '@sequitur/pretrained';
import type { Tokenizer } from '@sequitur/text';
import { type Format, type LoadOptions, loadPretrained } from '../../checkpoints/pretrained.js';
import { StateSpaceModel, withoutHead } from '../../checkpoints/state-space-model.js';
import { mamba2Parts } from './build.js';
import { type Mamba2Config, resolveMamba2 } from './config.js';
import { mamba2Rules, readMamba2Config, writeMamba2Config } from './hugging-face.js';

const format: Format<Mamba2Config> = {
  read: readMamba2Config,
  write: writeMamba2Config,
  rules: mamba2Rules,
  classes: { base: 'Mamba2Model', languageModel: 'Mamba2ForCausalLM' },
  isTied: (config) => resolveMamba2(config).tied,
};

/** A Mamba-2 (Dao and Gu 2024): a language model with its configuration, and its tokenizer where it has one. */
export class Mamba2 extends StateSpaceModel<Mamba2Config> {
  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: Mamba2Config, tokenizer: Tokenizer | null = null, metadata: CheckpointMetadata = {}) {
    super(mamba2Parts(withoutHead(config, metadata, format)), { config, tokenizer, metadata }, format);
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
    return loadPretrained(location, options, format, (...parts) => new Mamba2(...parts));
  }
}
