import { initialize, SequiturError } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
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
  /** Where the configuration's `modelType` is looked for; default all families of this package. */
  readonly families?: readonly EncoderDecoderFamily[];
}

export type LoadSequenceToSequenceOptions = LoadPretrainedOptions<EncoderDecoderFamily, Tokenizer>;

/** A model that reads one text and writes another, with its configuration and its tokenizer where it has one. */
export class SequenceToSequence<Config extends SequenceToSequenceConfig = SequenceToSequenceConfig>
  extends EncoderDecoder
  implements PretrainedModel
{
  /** What `fromPretrained` and `create` choose from where they are given no list. */
  static readonly families = sequenceToSequenceFamilies;
  readonly config: Config;
  readonly family: EncoderDecoderFamily<Config>;
  readonly headKind = 'languageModel';
  readonly tokenizer: Tokenizer | null;
  /** What its folder said of it, for saving it alike. */
  readonly metadata: CheckpointMetadata;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
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

  /** Settings of generation, as Hugging Face spells them: of `generation_config.json`, else of the configuration. */
  get generation(): Readonly<Record<string, unknown>> {
    return this.metadata.generation ?? this.config.generation ?? {};
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create<Config extends SequenceToSequenceConfig>(
    config: Config,
    { seed = 0, tokenizer = null, families = SequenceToSequence.families }: CreateSequenceToSequenceOptions = {},
  ): SequenceToSequence<Config> {
    const family = familyOf(config.modelType, families) as EncoderDecoderFamily<Config>;
    return initialize(new SequenceToSequence(config, family, { tokenizer }), seed);
  }

  /**
   * Loads a T5, BART, Marian, Blenderbot or Pegasus from a folder, an address, files dropped on a page, or a Hugging Face
   * repository. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration asks for what is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadSequenceToSequenceOptions = {},
  ): Promise<SequenceToSequence> {
    return loadPretrained(location, options, {
      families: SequenceToSequence.families,
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
