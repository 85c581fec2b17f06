import type { CheckpointMetadata, FileSink, SaveOptions } from '@sequitur/pretrained';
import { type CompleteOptions, completeText, type Tokenizer } from '@sequitur/text';
import { CausalStack, type LanguageModelParts } from '@sequitur/transformer';
import { type Format, saveModel } from './pretrained.js';
import type { SpecialTokens } from './shared-attributes.js';

/** What a language model of this package knows of itself. */
export interface StateSpaceConfig extends SpecialTokens {
  readonly tied?: boolean;
}

/** A stack of blocks with its configuration, and its tokenizer where it has one. */
export abstract class StateSpaceModel<Config extends StateSpaceConfig> extends CausalStack {
  readonly config: Config;
  readonly tokenizer: Tokenizer | null;
  /** What the checkpoint said of itself, for saving it alike. */
  readonly metadata: CheckpointMetadata;
  readonly #format: Format<Config>;

  constructor(
    parts: LanguageModelParts,
    { config, tokenizer, metadata }: { config: Config; tokenizer: Tokenizer | null; metadata: CheckpointMetadata },
    format: Format<Config>,
  ) {
    super(parts);
    this.config = config;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
    this.#format = format;
  }

  /** Goes on writing after `prompt`, piece by piece. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    const { tokenizer, config } = this;
    const endTokens = config.endToken === undefined ? [] : [config.endToken];
    return completeText({ model: this, tokenizer, startToken: config.startToken, endTokens }, prompt, options);
  }

  /** Saves a folder (or files) that the `from_pretrained` of Python's class reads, tokenizer included. */
  savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    return saveModel(this, location, options, this.#format);
  }
}

/** A stack stored without a head scores tokens by its own table, though its whole model may have a head. */
export function withoutHead<Config extends StateSpaceConfig>(
  config: Config,
  { architecture }: CheckpointMetadata,
  { classes }: Format<Config>,
): Config {
  return architecture === classes.base ? { ...config, tied: true } : config;
}
