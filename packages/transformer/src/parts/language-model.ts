import {
  checkOptions,
  initialize,
  Linear,
  option,
  optionsOf,
  parametersOf,
  RmsNorm,
  SequiturError,
  showValue,
} from '@sequitur/core';
import {
  aBoolean,
  anInteger,
  type CheckpointLocation,
  type ConfigReader,
  defined,
  type LoadPretrainedOptions,
  loadPretrained,
  loadRules,
  type ModelContext,
  type PretrainedClass,
  type ReadAttribute,
  readSpecialTokens,
  rule,
  sourceRules,
  type WeightRule,
  writeSpecialTokens,
} from '@sequitur/pretrained';
import { openTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalStack, type LanguageModelParts } from '../causal-stack.js';
import { type CausalConfig, type CausalFamily, CausalLanguageModel } from '../pretrained-stack.js';
import { TokenEmbedding } from '../token-embedding.js';
import type { BlockPart, PartFactory } from './block-part.js';

/** The config of a language model composed of blocks. */
export interface LanguageModelConfig extends CausalConfig {
  readonly vocabularySize: number;
  readonly width: number;
  readonly blocks: readonly BlockPart[];
  /** Number of learned positions; default none. */
  readonly learnedPositions?: number;
  /** Maximum sequence length; absent: unbounded. */
  readonly contextLength?: number;
  /** Tied embeddings; default true. */
  readonly tied?: boolean;
}

export interface CreateLanguageModelOptions {
  /** The seed of the initial values; default 0. */
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
}

export interface LoadLanguageModelOptions extends Omit<LoadPretrainedOptions<never, Tokenizer>, 'families' | 'seed'> {
  /** The kinds of blocks that a saved model may have. */
  readonly parts: readonly PartFactory<never>[];
}

const createOptions = optionsOf<CreateLanguageModelOptions>({
  seed: option.optional(option.seed),
  tokenizer: option.optional(option.anything),
});
const { onProgress, dtype } = loadRules;
const loadOptions = optionsOf<LoadLanguageModelOptions>({
  ...{ ...sourceRules, onProgress, dtype, tokenizer: option.optional(option.anything) },
  parts: option.listOf(option.callback),
});
const configRule = optionsOf<LanguageModelConfig>({
  vocabularySize: option.count,
  width: option.count,
  blocks: option.listOf(option.having('a part, such as attention()', 'build')),
  learnedPositions: option.optional(option.count),
  contextLength: option.optional(option.count),
  tied: option.optional(option.flag),
  startToken: option.optional(option.anything),
  endToken: option.optional(option.anything),
  paddingToken: option.optional(option.anything),
});

function checkSizes(config: LanguageModelConfig): void {
  checkOptions('LanguageModel.create, config', configRule, config);
}

/** A causal model composed of any parts, which its config lists. */
export class LanguageModel extends CausalLanguageModel<LanguageModelConfig> {
  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(
    config: LanguageModelConfig,
    { family = languageModelFamily([]), ...context }: LanguageModelContext = {},
  ) {
    super(config, family, context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create(config: LanguageModelConfig, options: CreateLanguageModelOptions = {}): LanguageModel {
    const { seed = 0, tokenizer = null } = checkOptions('LanguageModel.create', createOptions, options);
    checkSizes(config);
    return initialize(new LanguageModel(config, { tokenizer }), seed);
  }

  /**
   * Loads a saved model. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or a block is of a kind that `parts` does not hold
   */
  static async fromPretrained(location: CheckpointLocation, given: LoadLanguageModelOptions): Promise<LanguageModel> {
    const { parts, ...options } = checkOptions('LanguageModel.fromPretrained', loadOptions, given);
    return loadPretrained(location, options, {
      families: [languageModelFamily(parts)],
      heads: ['languageModel'],
      openTokenizer,
      create: ({ config, ...context }) => new LanguageModel(config, context),
    });
  }

  /** The class with the kinds of blocks that its models may have, for `Auto`. */
  static of(parts: readonly PartFactory<never>[]): PretrainedClass<LanguageModel> {
    return {
      families: [languageModelFamily(parts)],
      fromPretrained: (location, options) => LanguageModel.fromPretrained(location, { ...options, parts }),
    };
  }
}

interface LanguageModelContext extends ModelContext<Tokenizer> {
  readonly family?: CausalFamily<LanguageModelConfig>;
}

/** The family of models composed of these kinds of blocks; tensors have the names of the parameters. */
export function languageModelFamily(parts: readonly PartFactory<never>[]): CausalFamily<LanguageModelConfig> {
  return {
    modelType: 'sequitur-language-model',
    classes: {},
    prefix: '',
    readConfig: (json) => readConfig(json, parts),
    writeConfig: ({ blocks, startToken, endToken, paddingToken, ...sizes }) => ({
      ...sizes,
      blocks: blocks.map(({ kind, options }) => ({ kind, options })),
      ...writeSpecialTokens(defined({ startToken, endToken, paddingToken }) as CausalConfig),
      auto_map: {
        AutoConfig: 'modeling_sequitur.SequiturConfig',
        AutoModelForCausalLM: 'modeling_sequitur.SequiturForCausalLM',
      },
    }),
    files: async () => {
      const { MODELING } = await import('./modeling.generated.js');
      return { 'modeling_sequitur.py': MODELING };
    },
    build,
    rules: ownNames,
  };
}

function build(config: LanguageModelConfig): LanguageModelParts {
  const { vocabularySize, width, blocks, learnedPositions, contextLength, tied = true } = config;
  const depth = blocks.length;
  return {
    embedding: new TokenEmbedding({ vocabularySize, width, ...(learnedPositions && { learnedPositions }) }),
    blocks: blocks.map((part, index) => part.build({ width, depth, index })),
    norm: new RmsNorm(width),
    ...(contextLength !== undefined && { contextLength }),
    ...(!tied && { head: new Linear(width, vocabularySize, { bias: false }) }),
  };
}

function ownNames(config: LanguageModelConfig): WeightRule[] {
  return [...parametersOf(new CausalStack(build(config))).keys()].map((path) => rule(path, path));
}

function readConfig(json: ConfigReader, parts: readonly PartFactory<never>[]): LanguageModelConfig {
  return defined({
    vocabularySize: json.take('vocabularySize', anInteger()),
    width: json.take('width', anInteger()),
    blocks: json.take('blocks', blocksOf(parts)),
    tied: json.take('tied', aBoolean, true),
    learnedPositions: json.maybe('learnedPositions', anInteger()),
    contextLength: json.maybe('contextLength', anInteger()),
    ...readSpecialTokens(json),
  }) as LanguageModelConfig;
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
        got: showValue(kind),
        fix: 'Import the part and add it to `parts`',
      });
    });
  };
}
