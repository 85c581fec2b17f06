import { checkOptions, initialize, option, optionsOf, SequiturError } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  checkConfig,
  type FileSink,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { sequenceToSequenceFamilies } from './models/index.js';
import { EncoderDecoder } from './sequence-to-sequence/encoder-decoder.js';
import type { EncoderDecoderFamily, SequenceToSequenceConfig } from './sequence-to-sequence/family.js';

export interface CreateSequenceToSequenceOptions {
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
  /** The families to choose from by `modelType`; default all families of this package. */
  readonly families?: readonly EncoderDecoderFamily[];
}

const createOptions = optionsOf<CreateSequenceToSequenceOptions>({
  seed: option.optional(option.seed),
  tokenizer: option.optional(option.anything),
  families: option.optional(option.iterable),
});

export type LoadSequenceToSequenceOptions = LoadPretrainedOptions<EncoderDecoderFamily, Tokenizer>;

/** A sequence-to-sequence model (T5, BART, Marian, ...) with its config and tokenizer. */
export class SequenceToSequence<Config extends SequenceToSequenceConfig = SequenceToSequenceConfig>
  extends EncoderDecoder
  implements PretrainedModel
{
  /** The default families of `fromPretrained` and `create`. */
  static readonly families = sequenceToSequenceFamilies;
  static readonly heads = ['languageModel'];
  readonly config: Config;
  readonly family: EncoderDecoderFamily<Config>;
  readonly headKind = 'languageModel';
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: Config,
    family: EncoderDecoderFamily<Config>,
    { tokenizer = null, metadata = {} }: ModelContext<Tokenizer> = {},
  ) {
    super(family.build(config, 'languageModel'));
    this.config = config;
    this.family = family;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  /** Generation settings by their Hugging Face names: those of `generation_config.json`, else of the config. */
  get generation(): Readonly<Record<string, unknown>> {
    return this.metadata.generation ?? this.config.generation ?? {};
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create<Config extends SequenceToSequenceConfig>(
    config: Config,
    options: CreateSequenceToSequenceOptions = {},
  ): SequenceToSequence<Config> {
    checkConfig('SequenceToSequence.create', config);
    checkOptions('SequenceToSequence.create', createOptions, options);
    const { seed = 0, tokenizer = null, families = SequenceToSequence.families } = options;
    const family = familyOf(config.modelType, families) as EncoderDecoderFamily<Config>;
    return initialize(new SequenceToSequence(config, family, { tokenizer }), seed);
  }

  /**
   * Loads a T5, BART, Marian, Blenderbot or Pegasus from a folder, a URL, files dropped on a page, or a Hugging Face
   * repository. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadSequenceToSequenceOptions = {},
  ): Promise<SequenceToSequence> {
    return loadPretrained(location, options, {
      families: SequenceToSequence.families,
      heads: SequenceToSequence.heads,
      openTokenizer,
      create: ({ config, family, ...context }) => new SequenceToSequence(config, family, context),
    });
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }
}

function familyOf(modelType: string, families: readonly EncoderDecoderFamily[]): EncoderDecoderFamily {
  const found = families.find((family) => family.modelType === modelType);
  if (found) return found;
  throw new SequiturError({
    where: 'SequenceToSequence.create, modelType',
    expected: `one of ${families.map((family) => family.modelType).join(', ')}`,
    got: modelType,
  });
}
