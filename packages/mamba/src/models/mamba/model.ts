import { initialize } from '@sequitur/core';
import type { CheckpointLocation, CheckpointMetadata } from '@sequitur/pretrained';
import type { Tokenizer } from '@sequitur/text';
import { type Format, type LoadOptions, loadPretrained } from '../../checkpoints/pretrained.js';
import { StateSpaceModel, withoutHead } from '../../checkpoints/state-space-model.js';
import { mambaParts } from './build.js';
import { type MambaConfig, resolveMamba } from './config.js';
import { mambaRules, readMambaConfig, writeMambaConfig } from './hugging-face.js';

const format: Format<MambaConfig> = {
  read: readMambaConfig,
  write: writeMambaConfig,
  rules: mambaRules,
  classes: { base: 'MambaModel', languageModel: 'MambaForCausalLM' },
  isTied: (config) => resolveMamba(config).tied,
};

/** A Mamba (Gu and Dao 2023): a language model with its configuration, and its tokenizer where it has one. */
export class Mamba extends StateSpaceModel<MambaConfig> {
  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: MambaConfig, tokenizer: Tokenizer | null = null, metadata: CheckpointMetadata = {}) {
    super(mambaParts(withoutHead(config, metadata, format)), { config, tokenizer, metadata }, format);
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create(
    config: MambaConfig,
    { seed = 0, tokenizer = null }: { seed?: number | string; tokenizer?: Tokenizer | null } = {},
  ): Mamba {
    return initialize(new Mamba(config, tokenizer), seed);
  }

  /**
   * Loads a Mamba from a folder, an address, files dropped on a page, or a Hugging Face repository, with the names of
   * Hugging Face or of the original state-spaces checkpoints. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration holds what this model does not know
   */
  static fromPretrained(location: CheckpointLocation, options: LoadOptions = {}): Promise<Mamba> {
    return loadPretrained(location, options, format, (...parts) => new Mamba(...parts));
  }
}
