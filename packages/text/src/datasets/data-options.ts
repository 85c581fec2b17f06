import { option } from '@sequitur/core';

/** Options of all readers of data sets. */
export interface DataOptions {
  /** The name of the file, for messages; default `the data`. */
  readonly name?: string | undefined;
}

export const dataRules = { name: option.optional(option.text) };

export const UNNAMED = 'the data';
