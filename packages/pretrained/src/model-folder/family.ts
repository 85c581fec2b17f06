import type { Module } from '@sequitur/core';
import type { ConfigReader } from '../config/config-reader.js';
import type { FileContents } from '../files/json-files.js';
import type { Checkpoint } from '../safetensors/checkpoint.js';
import type { WeightRule } from '../weights/weight-map.js';
import type { CheckpointMetadata } from './checkpoint-metadata.js';
import type { StoredBuffer } from './stored-buffers.js';
import type { TiedTensor } from './tied-tensors.js';

/**
 * A family of pretrained models as a value: how its configuration reads and is written, what its models are built of, and
 * what their tensors are called. Nothing registers itself: lists of families are handed to what opens folders.
 *
 * @typeParam Config flat, readonly, plain JSON
 * @typeParam Parts what `build` gives to the class of the models
 */
export interface Family<Config extends object = object, Parts = unknown> {
  /** `model_type` of its configs. */
  readonly modelType: string;
  /**
   * Python's classes, each with the kind of head that it has. The base class has `none` (or `pooled`), and its tensors
   * have no prefix. Empty where configs name no class.
   */
  readonly classes: Readonly<Record<string, string>>;
  /** Prefix of the base model's tensors in classes with a head: `transformer.`. */
  readonly prefix: string;
  /** Configs by name. */
  readonly presets?: Readonly<Record<string, Config>>;
  /** Attributes that Python's class knows by a second name: `{ hidden_size: 'n_embd' }`; default none. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * Reads all of `config.json` except `model_type` and `architectures`; other attributes are checked by
   * `ConfigReader.finish`.
   */
  readConfig(json: ConfigReader): Config;
  /** Writes the attributes of `readConfig`. */
  writeConfig(config: Config): Readonly<Record<string, unknown>>;
  /** Files that are saved next to the weights, code for Python for example; default none. */
  files?(config: Config): Promise<FileContents>;
  /** The parts of a model with this kind of head, without values. */
  build(config: Config, headKind: string): Parts;
  /** Names of the base model's tensors. */
  rules(config: Config, prefix: string): readonly WeightRule[];
  /** Names of the tensors of a head; default none. */
  headRules?(headKind: string, config: Config, prefix: string): readonly WeightRule[];
  /** Tensors that Python's classes leave in checkpoints and do not read, with `{i}` for numbers. */
  ignoredTensors?(config: Config, prefix: string): readonly string[];
  /** Tensors that Python's class ties to others. */
  tiedTensors?(config: Config, prefix: string): readonly TiedTensor[];
  /** Buffers that checkpoints store and a model computes: masks, positions, frequencies. */
  storedBuffers?(config: Config, prefix: string): readonly StoredBuffer[];
  /** Completes the config from the checkpoint. */
  resolve?(config: Config, checkpoint: Checkpoint): Config;
  /** The present name of a tensor that older checkpoints store under another one. */
  presentName?(stored: string): string;
  /** Whether a config without `model_type` is one of this family. */
  recognizes?(json: ConfigReader): boolean;
}

/**
 * For configs of models that Python's default attention, which is fused, computes otherwise: it leaves out what it has no
 * argument for.
 */
export const EAGER = { _attn_implementation: 'eager' } as const;

/** Data of a model other than its configuration. */
export interface ModelContext<Tokenizer> {
  readonly tokenizer?: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata?: CheckpointMetadata;
  /** The kind of its head, as `Family.classes` names it. */
  readonly headKind?: string;
}

/** A model that `savePretrained` writes. */
export interface PretrainedModel extends Module {
  readonly config: object;
  readonly family: Family;
  readonly headKind: string;
  readonly tokenizer: { files(): FileContents } | null;
  readonly metadata: CheckpointMetadata;
}

/** Whether a class with this kind of head is the base class. */
export function isBare(headKind: string): boolean {
  return headKind === 'none' || headKind === 'pooled';
}

/** Names of the tensors that a model does not read, with `{i}` for numbers. */
export function unreadTensors(family: Family, config: object, prefix: string): string[] {
  const buffers = family.storedBuffers?.(config, prefix) ?? [];
  return [...(family.ignoredTensors?.(config, prefix) ?? []), ...buffers.map(({ tensor }) => tensor)];
}

/** The names of all tensors in the checkpoints of a model. */
export function weightRules(
  { family, config, headKind }: Pick<PretrainedModel, 'family' | 'config' | 'headKind'>,
  prefix = isBare(headKind) ? '' : family.prefix,
): WeightRule[] {
  return [...family.rules(config, prefix), ...(family.headRules?.(headKind, config, prefix) ?? [])];
}
