import { checkOptions, option, optionsOf } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  type FileSink,
  type LoadPretrainedOptions,
  loadPretrained,
  loadRules,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { type CompleteOptions, completeText, openTokenizer, type Tokenizer } from '@sequitur/text';
import { endTokensOf, RecurrentMemoryModel, type RecurrentMemoryOptions, writerOf } from '@sequitur/transformer';
import type { Gpt } from '../../gpt.js';
import type { RecurrentMemoryGptConfig } from './config.js';
import { recurrentMemoryGptFamily } from './hugging-face.js';

export interface RecurrentMemoryGptOptions
  extends Pick<RecurrentMemoryOptions, 'gradientSegments'>,
    Omit<ModelContext<Tokenizer>, 'headKind'> {}

type LoadRecurrentMemoryGptOptions = LoadPretrainedOptions<typeof recurrentMemoryGptFamily, Tokenizer> &
  Pick<RecurrentMemoryGptOptions, 'gradientSegments'>;

const loadOptions = optionsOf<LoadPretrainedOptions & Pick<RecurrentMemoryGptOptions, 'gradientSegments'>>({
  ...loadRules,
  gradientSegments: option.optional(option.bound),
});

/** A GPT with recurrent memory (Bulatov et al. 2022): memory tokens around each segment. */
export class RecurrentMemoryGpt extends RecurrentMemoryModel<Gpt> implements PretrainedModel {
  static readonly families = [recurrentMemoryGptFamily];
  readonly config: RecurrentMemoryGptConfig;
  readonly family = recurrentMemoryGptFamily;
  readonly headKind = 'languageModel';
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;

  /** A model without parameter values: `initialize` samples them, `fromPretrained` loads them. */
  constructor(
    config: RecurrentMemoryGptConfig,
    { tokenizer = null, metadata = {}, ...options }: RecurrentMemoryGptOptions = {},
  ) {
    super(recurrentMemoryGptFamily.build(config, 'languageModel'), { ...config, ...options });
    this.config = config;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  /**
   * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository. The caller
   * disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static async fromPretrained(
    location: CheckpointLocation,
    given: LoadRecurrentMemoryGptOptions = {},
  ): Promise<RecurrentMemoryGpt> {
    const { gradientSegments, ...options } = checkOptions(
      'RecurrentMemoryGpt.fromPretrained',
      loadOptions,
      given as LoadPretrainedOptions,
    ) as LoadRecurrentMemoryGptOptions;
    return loadPretrained(location, options, {
      families: RecurrentMemoryGpt.families,
      heads: ['languageModel'],
      openTokenizer,
      create: ({ config, ...context }) =>
        new RecurrentMemoryGpt(config, { ...context, ...(gradientSegments && { gradientSegments }) }),
    });
  }

  /** Saves a folder (or files) that the original code reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }

  /** The end tokens. */
  get endTokens(): readonly number[] {
    return endTokensOf({ metadata: this.metadata, config: this.config.base });
  }

  /** Completes a prompt, piece by piece, by the settings of its `generation_config.json` and the options. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    return completeText(writerOf(this, this.config.base.startToken), prompt, options);
  }
}
