import { checkOptions, initialize, option, optionsOf } from '@sequitur/core';
import {
  type CheckpointLocation,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalLanguageModel } from '@sequitur/transformer';
import { type CreateMambaOptions, createRules } from './models/create-options.js';
import { falconMambaFamily } from './models/falcon-mamba/hugging-face.js';
import type { MambaConfig } from './models/mamba/config.js';
import { mambaFamily } from './models/mamba/hugging-face.js';

type MambaFamily = typeof mambaFamily;

const mambaOptions = optionsOf<CreateMambaOptions & { readonly family?: MambaFamily }>({
  ...createRules,
  family: option.optional(option.having('a family', 'build', 'readConfig')),
});

/** A Mamba (Gu and Dao 2023) or Falcon-Mamba: a language model with its configuration, and its tokenizer where it has one. */
export class Mamba extends CausalLanguageModel<MambaConfig> {
  static readonly families = [mambaFamily, falconMambaFamily];

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: MambaConfig,
    { family = mambaFamily, ...context }: ModelContext<Tokenizer> & { readonly family?: MambaFamily } = {},
  ) {
    super(config, family, context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: MambaConfig, given: CreateMambaOptions & { readonly family?: MambaFamily } = {}): Mamba {
    const { seed = 0, tokenizer = null, family = mambaFamily } = checkOptions('Mamba.create', mambaOptions, given);
    return initialize(new Mamba(config, { tokenizer, family }), seed);
  }

  /**
   * Loads a Mamba from a folder, a URL, files dropped on a page, or a Hugging Face repository, with the names of
   * Hugging Face or of the original state-spaces checkpoints. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadPretrainedOptions<MambaFamily, Tokenizer> = {},
  ): Promise<Mamba> {
    return loadPretrained(location, options, {
      families: Mamba.families,
      openTokenizer,
      create: ({ config, ...context }) => new Mamba(config, context),
    });
  }
}
