import { checkOptions, Module, option, optionsOf, type Parameter } from '@sequitur/core';
import {
  type CheckpointMetadata,
  checkConfig,
  type Family,
  type FileSink,
  type LoadPretrainedOptions,
  loadRules,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  savePretrained,
  sourceRules,
} from '@sequitur/pretrained';
import type { Tokenizer } from '@sequitur/text';
import { endTokensOf } from '@sequitur/transformer';
import type { AdaptiveEmbedding } from './adaptive-embedding.js';
import type { AdaptiveSoftmax } from './adaptive-softmax.js';
import type { TransformerXlBlock } from './blocks.js';
import type { TransformerXlParts } from './build.js';
import type { TransformerXlConfig } from './config.js';

export interface LoadTransformerXlOptions extends Omit<LoadPretrainedOptions<never, Tokenizer>, 'families'> {
  /** Positions per segment; default that of the config. */
  readonly segmentLength?: number;
}

export interface CreateTransformerXlOptions {
  /** The seed of the initial values; default 0. */
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
}

const { onProgress, dtype, seed } = loadRules;
const loadOptions = optionsOf<LoadTransformerXlOptions>({
  ...{ ...sourceRules, onProgress, dtype, seed, tokenizer: option.optional(option.anything) },
  segmentLength: option.optional(option.count),
});
const createOptions = optionsOf<CreateTransformerXlOptions>({
  seed: option.optional(option.seed),
  tokenizer: option.optional(option.anything),
});

export function checkLoading(model: string, options: LoadTransformerXlOptions): LoadTransformerXlOptions {
  return checkOptions(`${model}.fromPretrained`, loadOptions, options);
}

export function checkCreating(
  model: string,
  config: TransformerXlConfig,
  options: CreateTransformerXlOptions,
): CreateTransformerXlOptions {
  checkConfig(`${model}.create`, config);
  return checkOptions(`${model}.create`, createOptions, options);
}

/** A pretrained Transformer-XL, with or without memory tokens: its parts, config and tokenizer, if any. */
export abstract class PretrainedTransformerXl<Config extends TransformerXlConfig>
  extends Module
  implements PretrainedModel
{
  abstract readonly family: Family<Config, TransformerXlParts>;
  readonly embedding: AdaptiveEmbedding;
  readonly blocks: readonly TransformerXlBlock[];
  readonly head: AdaptiveSoftmax;
  readonly frequencies: Parameter; // [width / 2]
  readonly config: Config;
  readonly headKind = 'languageModel';
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;
  readonly contextLength = Number.POSITIVE_INFINITY;

  constructor(
    config: Config,
    { embedding, blocks, head, frequencies }: TransformerXlParts,
    { tokenizer = null, metadata = {} }: ModelContext<Tokenizer>,
  ) {
    super();
    this.embedding = embedding;
    this.blocks = blocks;
    this.head = head;
    this.frequencies = frequencies;
    this.config = config;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  get vocabularySize(): number {
    return this.config.vocabularySize;
  }

  /** The end tokens. */
  get endTokens(): readonly number[] {
    return endTokensOf(this);
  }

  /** Saves a folder (or files) that the original code reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }
}
