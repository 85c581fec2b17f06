import type { Module } from '@sequitur/core';
import type { Family } from '@sequitur/pretrained';
import type { TextBatch } from '../batch.js';
import type { BertConfig } from '../config.js';
import type { BertEncoder } from '../encoder.js';
import type { HeadStyle } from '../heads/head.js';

/** The parts of a model besides its head, and how its head is built. */
export interface EncoderParts {
  readonly encoder: BertEncoder;
  readonly headStyle: HeadStyle;
  /** Parameters that checkpoints of this head's class store but the class does not use. */
  readonly unused?: Module | null;
  /** A batch with the defaults of this head's class: global tokens, token types. */
  completed?(batch: TextBatch): TextBatch;
}

/** A family of encoder-only models. */
export type EncoderFamily<Config extends BertConfig = BertConfig> = Family<Config, EncoderParts>;
