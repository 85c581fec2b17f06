import { initialize, SequiturError } from '@sequitur/core';
import {
  type Checkpoint,
  type CheckpointLocation,
  type CheckpointMetadata,
  ConfigReader,
  type FileSink,
  type HubOptions,
  type LoadProgress,
  loadWeights,
  openCheckpoint,
  openSink,
  openSource,
  readCheckpointMetadata,
  type SaveOptions,
  saveFolder,
  storedDtype,
} from '@sequitur/pretrained';
import { openTokenizer, saveTokenizer, type Tokenizer } from '@sequitur/text';
import { EncoderDecoder } from './encoder-decoder.js';
import { families as knownFamilies } from './families.js';
import type { SequenceToSequenceConfig, SequenceToSequenceFamily } from './family.js';

export interface CreateSequenceToSequenceOptions {
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
  /** Where the configuration's `modelType` is looked for; default all families of this package. */
  readonly families?: readonly SequenceToSequenceFamily[];
}

export interface LoadSequenceToSequenceOptions extends HubOptions {
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly tokenizer?: Tokenizer | null;
  readonly families?: readonly SequenceToSequenceFamily[];
}

/** A model that reads one text and writes another, with its configuration and its tokenizer where it has one. */
export class SequenceToSequence<
  Config extends SequenceToSequenceConfig = SequenceToSequenceConfig,
> extends EncoderDecoder {
  readonly config: Config;
  readonly family: SequenceToSequenceFamily<Config>;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(
    config: Config,
    family: SequenceToSequenceFamily<Config>,
    tokenizer: Tokenizer | null = null,
    metadata: CheckpointMetadata = {},
  ) {
    super(family.parts(config));
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
    { seed = 0, tokenizer = null, families = knownFamilies }: CreateSequenceToSequenceOptions = {},
  ): SequenceToSequence<Config> {
    const family = familyOf(config.modelType, families, 'SequenceToSequence.create, modelType');
    return initialize(new SequenceToSequence(config, family as SequenceToSequenceFamily<Config>, tokenizer), seed);
  }

  /**
   * Loads a T5, BART, Marian, Blenderbot or Pegasus from a folder, an address, files dropped on a page, or a Hugging Face
   * repository. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration holds what the model does not know
   */
  static async fromPretrained(
    location: CheckpointLocation,
    options: LoadSequenceToSequenceOptions = {},
  ): Promise<SequenceToSequence> {
    const source = await openSource(location, options);
    const json = await ConfigReader.open(source);
    const checkpoint = await openCheckpoint(source);
    try {
      const tokenizer = options.tokenizer ?? (await openTokenizer(source));
      const metadata = await readCheckpointMetadata(source, checkpoint);
      return await SequenceToSequence.load(json, checkpoint, { ...options, tokenizer }, metadata);
    } finally {
      await checkpoint.close();
    }
  }

  /** As `fromPretrained`, from a checkpoint that is open and stays so. */
  static async load(
    json: ConfigReader,
    checkpoint: Checkpoint,
    { families = knownFamilies, tokenizer = null, ...options }: LoadSequenceToSequenceOptions = {},
    metadata: CheckpointMetadata = { dtype: storedDtype(checkpoint) },
  ): Promise<SequenceToSequence> {
    const modelType = json.take('model_type', (value) => String(value), 'none');
    const family = familyOf(modelType, families, `${json.where}, model_type`);
    const read = family.readConfig(json);
    const config = family.resolve?.(read, checkpoint) ?? read;
    const model = new SequenceToSequence(config, family, tokenizer, metadata);
    try {
      const ignore = family.ignoredTensors(config);
      await loadWeights(model, checkpoint, family.rules(config), { ...options, ignore });
    } catch (error) {
      model.dispose();
      throw error;
    }
    return model;
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  async savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    const sink = openSink(location);
    const { family, config } = this;
    const stored = { ...this.metadata, architecture: family.architecture };
    if (this.tokenizer) await saveTokenizer(this.tokenizer, sink);
    await saveFolder(this, sink, { rules: family.rules(config), config: family.writeConfig(config), stored }, options);
  }
}

function familyOf(modelType: string, families: readonly SequenceToSequenceFamily[], where: string) {
  const found = families.find((family) => family.modelType === modelType);
  if (found) return found;
  const known = families.map((family) => family.modelType).join(', ');
  throw new SequiturError({ where, expected: `one of ${known}`, got: modelType });
}
