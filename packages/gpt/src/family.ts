import type { ConfigReader, WeightRule } from '@sequitur/pretrained';
import type { LanguageModelParts } from '@sequitur/transformer';

/** One class of several, any number of them, or a number for each label. */
export type ClassificationProblem = 'singleLabel' | 'multiLabel' | 'regression';

/** What the configuration of every decoder-only model says. */
export interface GptConfig {
  readonly vocabularySize: number;
  /** The longest text, in tokens; absent where nothing bounds it. */
  readonly contextLength?: number;
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** The head is the embedding table. */
  readonly tied?: boolean;
  /** The token that begins a text, those that end one, the one that fills up short ones. */
  readonly startToken?: number;
  readonly endToken?: number | readonly number[];
  readonly paddingToken?: number;
  /** Names of the classes, of a model that classifies. */
  readonly labels?: readonly string[];
  readonly problem?: ClassificationProblem;
}

/** The classes of Python that store a model of the family. */
export interface GptClasses {
  /** The stack without a head: its tensors have no prefix. */
  readonly base: string;
  readonly languageModel: string;
  readonly classifier: string;
}

/**
 * One family of decoder-only models as a value: how `config.json` reads, what parts a model has, and what its tensors are
 * called. Nothing registers itself: `families` lists them.
 */
export interface GptFamily<Config extends GptConfig = GptConfig> {
  readonly modelType: string;
  readonly classes: GptClasses;
  /** Before the name of every tensor but the head's, where there is a head. */
  readonly prefix: string;
  /** Sizes known by name. */
  readonly presets: Readonly<Record<string, Config>>;
  /** @throws SequiturError naming what the family does not know */
  readConfig(json: ConfigReader): Config;
  /** What Python's `from_pretrained` reads, without `architectures` and `torch_dtype`. */
  writeConfig(config: Config): Readonly<Record<string, unknown>>;
  parts(config: Config): LanguageModelParts;
  /** Names of all tensors, the stack's behind `prefix`. */
  rules(config: Config, prefix: string): readonly WeightRule[];
  /** Tensors of checkpoints that are no weights, behind `prefix`: masks stored as buffers, say. */
  ignoredTensors(prefix: string): readonly string[];
}
