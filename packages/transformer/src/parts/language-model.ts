import { initialize, Linear, type Module, parametersOf, RmsNorm, SequiturError } from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  type CheckpointLocation,
  ConfigReader,
  type FileSink,
  type HubOptions,
  type LoadProgress,
  loadWeights,
  oneOf,
  openCheckpoint,
  openSink,
  openSource,
  type ReadAttribute,
  rule,
  type SaveOptions,
  saveWeights,
  type WeightRule,
  writeJson,
} from '@sequitur/pretrained';
import { openTokenizer, saveTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalStack } from '../causal-stack.js';
import { TokenEmbedding } from '../token-embedding.js';
import type { BlockPart, PartFactory } from './block-part.js';

/** A language model as the list of its parts. */
export interface LanguageModelConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly blocks: readonly BlockPart[];
  /** How many positions have a learned vector of their own; default none, the blocks find order themselves. */
  readonly learnedPositions?: number;
  /** The longest text, where something bounds it. */
  readonly contextLength?: number;
  /** The head is the embedding table; default true. */
  readonly tied?: boolean;
}

export interface CreateLanguageModelOptions {
  /** Default 0. */
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
}

export interface LoadLanguageModelOptions extends HubOptions {
  /** The kinds of blocks that the saved model may be made of. */
  readonly parts: readonly PartFactory<never>[];
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** What stands in `config.json` of a model that is made of parts. */
const MODEL_TYPE = 'sequitur-language-model';

/** A causal model composed of any parts: what they are is its configuration. */
export class LanguageModel extends CausalStack {
  readonly config: LanguageModelConfig;
  readonly tokenizer: Tokenizer | null;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: LanguageModelConfig, tokenizer: Tokenizer | null = null) {
    const { vocabularySize, width, blocks, learnedPositions, contextLength, tied = true } = config;
    const depth = blocks.length;
    super({
      embedding: new TokenEmbedding({ vocabularySize, width, ...(learnedPositions && { learnedPositions }) }),
      blocks: blocks.map((part, index) => part.build({ width, depth, index })),
      norm: new RmsNorm(width),
      ...(contextLength !== undefined && { contextLength }),
      ...(!tied && { head: new Linear(width, vocabularySize, { bias: false }) }),
    });
    this.config = config;
    this.tokenizer = tokenizer;
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create(
    config: LanguageModelConfig,
    { seed = 0, tokenizer = null }: CreateLanguageModelOptions = {},
  ): LanguageModel {
    return initialize(new LanguageModel(config, tokenizer), seed);
  }

  /**
   * Loads what `savePretrained` saved. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or a block is of a kind that `parts` does not hold
   */
  static async fromPretrained(
    location: CheckpointLocation,
    { parts, ...options }: LoadLanguageModelOptions,
  ): Promise<LanguageModel> {
    const source = await openSource(location, options);
    const config = readConfig(await ConfigReader.open(source), parts);
    const model = new LanguageModel(config, await openTokenizer(source));
    const checkpoint = await openCheckpoint(source);
    try {
      await loadWeights(model, checkpoint, ownNames(model), options);
    } catch (error) {
      model.dispose();
      throw error;
    } finally {
      await checkpoint.close();
    }
    return model;
  }

  /** Saves a folder (or files) with the parts as plain JSON and the values under their own paths, tokenizer included. */
  async savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    const sink = openSink(location);
    await saveWeights(this, sink, ownNames(this), options);
    if (this.tokenizer) await saveTokenizer(this.tokenizer, sink);
    const { blocks, ...sizes } = this.config;
    const described = blocks.map(({ kind, options: said }) => ({ kind, options: said }));
    await writeJson(sink, 'config.json', { model_type: MODEL_TYPE, ...sizes, blocks: described });
  }
}

/** Every tensor is called as the parameter is. */
function ownNames(model: Module): WeightRule[] {
  return [...parametersOf(model).keys()].map((path) => rule(path, path));
}

function readConfig(json: ConfigReader, parts: readonly PartFactory<never>[]): LanguageModelConfig {
  json.take('model_type', oneOf([MODEL_TYPE]));
  const learnedPositions = json.maybe('learnedPositions', anInteger());
  const contextLength = json.maybe('contextLength', anInteger());
  const config = {
    vocabularySize: json.take('vocabularySize', anInteger()),
    width: json.take('width', anInteger()),
    blocks: json.take('blocks', blocksOf(parts)),
    tied: json.take('tied', aBoolean, true),
    ...(learnedPositions !== undefined && { learnedPositions }),
    ...(contextLength !== undefined && { contextLength }),
  };
  json.finish([]);
  return config;
}

function blocksOf(parts: readonly PartFactory<never>[]): ReadAttribute<readonly BlockPart[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new SequiturError({ where, expected: 'a list of blocks', got: typeof value });
    return (value as readonly unknown[]).map((item, index) => {
      const { kind, options } = item as { kind?: unknown; options?: object };
      const factory = parts.find((candidate) => candidate.kind === kind);
      if (factory) return factory(options as never);
      throw new SequiturError({
        where: `${where}, block ${index}`,
        expected: `one of the given parts (${parts.map((part) => part.kind).join(', ') || 'none'})`,
        got: JSON.stringify(kind),
        fix: 'Import the part and add it to `parts`',
      });
    });
  };
}
