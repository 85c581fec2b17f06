import { type EncodeContext, type Encoder, initialize, Module } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  type FileSink,
  loadPretrained,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { sequenceToSequenceFamilies } from './models/index.js';
import type { EncoderDecoderFamily, SequenceToSequenceConfig } from './sequence-to-sequence/family.js';
import type { SourceEncoder } from './sequence-to-sequence/sides.js';
import type { LoadSequenceToSequenceOptions } from './sequence-to-sequence-model.js';

const HEAD = 'encoder';

/** The encoder of a T5, mT5 or UMT5 alone, as sentence embeddings and image models have it. */
export class SequenceEncoder extends Module implements Encoder, PretrainedModel {
  /** The default families of `fromPretrained`. */
  static readonly families = sequenceToSequenceFamilies.filter(({ classes }) => Object.values(classes).includes(HEAD));
  static readonly heads = [HEAD];
  readonly encoder: SourceEncoder;
  readonly config: SequenceToSequenceConfig;
  readonly family: EncoderDecoderFamily;
  readonly headKind = HEAD;
  readonly tokenizer: Tokenizer | null;
  readonly metadata: CheckpointMetadata;

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: SequenceToSequenceConfig,
    family: EncoderDecoderFamily,
    { tokenizer = null, metadata = {} }: ModelContext<Tokenizer> = {},
  ) {
    super();
    this.encoder = family.build(config, HEAD).encoder;
    this.config = config;
    this.family = family;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  get vocabularySize(): number {
    return this.encoder.embedding.tokens.weight.shape[0]!;
  }

  get contextLength(): number {
    return this.encoder.embedding.contextLength;
  }

  /** Creates an encoder with random parameters, to be trained. The caller disposes it. */
  static create<Config extends SequenceToSequenceConfig>(
    config: Config,
    family: EncoderDecoderFamily<Config>,
    seed: number | string = 0,
  ): SequenceEncoder {
    return initialize(new SequenceEncoder(config, family as unknown as EncoderDecoderFamily), seed);
  }

  /**
   * Loads an encoder from a folder, a URL, files dropped on a page, or a Hugging Face repository. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(
    location: CheckpointLocation,
    options: LoadSequenceToSequenceOptions = {},
  ): Promise<SequenceEncoder> {
    return loadPretrained(location, options, {
      families: SequenceEncoder.families,
      heads: SequenceEncoder.heads,
      openTokenizer,
      create: ({ config, family, ...context }) => new SequenceEncoder(config, family, context),
    });
  }

  /** tokens int32 [batch, length] -> [batch, length, width], which the caller disposes. */
  encode(tokens: Tensor2D, context?: EncodeContext): Tensor3D {
    return this.encoder.apply(tokens, context);
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }
}
