import type { Module } from '@sequitur/core';
import type { Family } from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import type { BertConfig } from '../config.js';
import type { BertEncoder } from '../encoder.js';
import type { HeadStyle } from '../heads/head.js';

/** What a model has beside its head, and how its head is made. */
export interface EncoderParts {
  readonly encoder: BertEncoder;
  readonly headStyle: HeadStyle;
  /** What checkpoints of the class of this head store and the class never reads. */
  readonly unused?: Module | null;
  /** A batch with what the class of this head adds where the batch does not say it: global tokens, token types. */
  completed?(batch: TextBatch): TextBatch;
}

/** A family of encoder-only models. */
export type EncoderFamily<Config extends BertConfig = BertConfig> = Family<Config, EncoderParts>;
