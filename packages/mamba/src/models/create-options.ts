import { type OptionRules, option, optionsOf } from '@sequitur/core';
import type { Tokenizer } from '@sequitur/text';

export interface CreateMambaOptions {
  /** The seed of the initial values; default 0. */
  readonly seed?: number | string;
  readonly tokenizer?: Tokenizer | null;
}

export const createRules: OptionRules<CreateMambaOptions> = {
  seed: option.optional(option.seed),
  tokenizer: option.optional(option.anything),
};
export const createOptions = optionsOf<CreateMambaOptions>(createRules);
