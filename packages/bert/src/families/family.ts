import type { Module } from '@sequitur/core';
import type { ConfigReader, WeightRule } from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import type { BertConfig } from '../config.js';
import type { BertEncoder } from '../encoder.js';
import type { HeadPart, HeadStyle } from '../heads/head.js';

/** A family of encoder-only models as Hugging Face knows it, as a value for lists; nothing registers itself. */
export interface EncoderFamily<Config extends BertConfig = BertConfig> {
  /** `model_type` of its configurations. */
  readonly modelType: string;
  /** The name of the class -> the head it has. */
  readonly heads: Readonly<Record<string, HeadPart>>;
  readConfig(json: ConfigReader): Config;
  /** All of `config.json` but `architectures`. */
  writeConfig(config: Config): Record<string, unknown>;
  createEncoder(config: Config): BertEncoder;
  /** A batch with what the class of this head adds where the batch does not say it: global tokens, segments. */
  completed?(kind: string, batch: TextBatch, config: Config): TextBatch;
  headStyle(config: Config, kind: string): HeadStyle;
  /** What the class of this head stores and never reads; absent: nothing. */
  unusedPart?(kind: string, config: Config): Module | null;
  /** The prefix of the encoder's names where the class has a head: `bert.`. */
  readonly prefix: string;
  /** Names of the encoder, behind `prefix`. */
  encoderRules(config: Config, prefix: string): readonly WeightRule[];
  /** Names of a head of this kind. */
  headRules(kind: string, prefix: string): readonly WeightRule[];
  /** Names that checkpoints hold beside these, to be passed over, with `{i}` for numbers. */
  ignoredTensors(config: Config, prefix: string): readonly string[];
}
