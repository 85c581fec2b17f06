import type { ConfigReader, WeightRule } from '@sequitur/core';
import type { BertConfig } from '../config.js';
import type { BertEncoder } from '../encoder.js';
import type { HeadPart, HeadStyle } from '../heads/head.js';

/** Kinds of head -> our paths' names in a checkpoint. */
export type HeadRules = Readonly<Record<string, readonly WeightRule[]>>;

/** A family of encoder-only models as Hugging Face knows it, as a value for lists; nothing registers itself. */
export interface EncoderFamily {
  /** `model_type` of its configurations. */
  readonly modelType: string;
  /** The name of the class -> the head it has. */
  readonly heads: Readonly<Record<string, HeadPart>>;
  readConfig(json: ConfigReader): BertConfig;
  /** All of `config.json` but `architectures`. */
  writeConfig(config: BertConfig): Record<string, unknown>;
  createEncoder(config: BertConfig): BertEncoder;
  headStyle(config: BertConfig): HeadStyle;
  /** The prefix of the encoder's names where the class has a head: `bert.`. */
  readonly prefix: string;
  /** Names of the encoder, behind `prefix`. */
  encoderRules(config: BertConfig, prefix: string): readonly WeightRule[];
  /** Names of a head of this kind. */
  headRules(kind: string, prefix: string): readonly WeightRule[];
  /** Names that checkpoints hold beside these, to be passed over, with `{i}` for numbers. */
  ignoredTensors(config: BertConfig, prefix: string): readonly string[];
}
