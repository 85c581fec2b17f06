import { checkOptions, initialize } from '@sequitur/core';
import {
  type CheckpointLocation,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalLanguageModel } from '@sequitur/transformer';
import { type CreateMambaOptions, createOptions } from './models/create-options.js';
import type { Mamba2Config } from './models/mamba2/config.js';
import { mamba2Family } from './models/mamba2/hugging-face.js';

/** A Mamba-2 (Dao and Gu 2024): a language model with its configuration, and its tokenizer where it has one. */
export class Mamba2 extends CausalLanguageModel<Mamba2Config> {
  static readonly families = [mamba2Family];

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: Mamba2Config, context?: ModelContext<Tokenizer>) {
    super(config, mamba2Family, context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: Mamba2Config, options: CreateMambaOptions = {}): Mamba2 {
    const { seed = 0, tokenizer = null } = checkOptions('Mamba2.create', createOptions, options);
    return initialize(new Mamba2(config, { tokenizer }), seed);
  }

  /**
   * Loads a Mamba-2 from a folder, a URL, files dropped on a page, or a Hugging Face repository, with the names of
   * Hugging Face or of the original state-spaces checkpoints. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadPretrainedOptions<typeof mamba2Family, Tokenizer> = {},
  ): Promise<Mamba2> {
    return loadPretrained(location, options, {
      families: Mamba2.families,
      openTokenizer,
      create: ({ config, ...context }) => new Mamba2(config, context),
    });
  }
}
