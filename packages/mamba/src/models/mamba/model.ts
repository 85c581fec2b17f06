import { initialize } from '@sequitur/core';
import {
  type CheckpointLocation,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalLanguageModel } from '@sequitur/transformer';
import type { MambaConfig } from './config.js';
import { mambaFamily } from './hugging-face.js';

/** A Mamba (Gu and Dao 2023): a language model with its configuration, and its tokenizer where it has one. */
export class Mamba extends CausalLanguageModel<MambaConfig> {
  static readonly families = [mambaFamily];

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: MambaConfig, context?: ModelContext<Tokenizer>) {
    super(config, mambaFamily, context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(
    config: MambaConfig,
    { seed = 0, tokenizer = null }: { seed?: number | string; tokenizer?: Tokenizer | null } = {},
  ): Mamba {
    return initialize(new Mamba(config, { tokenizer }), seed);
  }

  /**
   * Loads a Mamba from a folder, a URL, files dropped on a page, or a Hugging Face repository, with the names of
   * Hugging Face or of the original state-spaces checkpoints. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadPretrainedOptions<typeof mambaFamily, Tokenizer> = {},
  ): Promise<Mamba> {
    return loadPretrained(location, options, {
      families: Mamba.families,
      openTokenizer,
      create: ({ config, ...context }) => new Mamba(config, context),
    });
  }
}
