import { initialize, SequiturError } from '@sequitur/core';
import {
  type CheckpointLocation,
  type CheckpointMetadata,
  type FileSink,
  openSink,
  openSource,
  type SaveOptions,
} from '@sequitur/pretrained';
import { type CompleteOptions, completeText, missingTokenizer, type Tokenizer } from '@sequitur/text';
import { CausalStack } from '@sequitur/transformer';
import { Conversation } from './chat/conversation.js';
import { type ChatTemplate, jinjaTemplate, type Message, templateOf } from './chat/template.js';
import type { Gpt2Config } from './families/gpt2/config.js';
import { gpt2Family } from './families/gpt2/family.js';
import type { GptConfig, GptFamily } from './family.js';
import { type LoadGptOptions, openGpt } from './open-gpt.js';
import { saveGpt } from './save-gpt.js';

export interface GptOptions<Config extends GptConfig = GptConfig> {
  /** Default GPT-2. */
  readonly family?: GptFamily<Config>;
  readonly tokenizer?: Tokenizer | null;
}

export interface ChatOptions {
  /** In Jinja, or as a function; default that of the tokenizer's files. */
  readonly template?: string | ChatTemplate;
  /** What stands before the first turn: a system message, say. */
  readonly messages?: readonly Message[];
  /** Tokens that end an answer; default the model's own. */
  readonly endTokens?: readonly number[];
}

/** A decoder-only language model of any family, with its configuration, and its tokenizer where it has one. */
export class Gpt<Config extends GptConfig = GptConfig> extends CausalStack {
  readonly config: Config;
  readonly family: GptFamily<Config>;
  readonly tokenizer: Tokenizer | null;
  /** What the checkpoint said of itself, for saving it alike. */
  readonly metadata: CheckpointMetadata;

  /** A model without values: `create` draws them, `fromPretrained` loads them. */
  constructor(config: Config, options: GptOptions<Config> = {}, metadata: CheckpointMetadata = {}) {
    const { family = gpt2Family as unknown as GptFamily<Config>, tokenizer = null } = options;
    // A stack stored without a head scores tokens by its own table, though its whole model may have a head.
    const headless = metadata.architecture === family.classes.base;
    super(family.parts(headless ? { ...config, tied: true } : config));
    this.config = config;
    this.family = family;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  /** A model with drawn values, to be trained. The caller disposes it. */
  static create<Config extends GptConfig = Gpt2Config>(
    config: NoInfer<Config>,
    { seed = 0, ...options }: GptOptions<Config> & { readonly seed?: number | string } = {},
  ): Gpt<Config> {
    return initialize(new Gpt<Config>(config, options), seed);
  }

  /**
   * Loads a model from a folder, an address, files dropped on a page, or a Hugging Face repository; `model_type` of its
   * config.json says which family it is of. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the configuration holds what the family does not know
   */
  static async fromPretrained(location: CheckpointLocation, options: LoadGptOptions = {}): Promise<Gpt> {
    const source = await openSource(location, options);
    return openGpt(source, options, ({ config, family, tokenizer, metadata }) => {
      return new Gpt(config, { family, tokenizer }, metadata);
    });
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  async savePretrained(location: string | FileSink, options: SaveOptions = {}): Promise<void> {
    await saveGpt(this, openSink(location), options);
  }

  /** The tokens that end a text: the configuration of generation knows more of them than the model's. */
  get endTokens(): readonly number[] {
    const stored = this.metadata.generation?.eos_token_id as number | readonly number[] | null | undefined;
    return [stored ?? this.config.endToken ?? []].flat();
  }

  /** Goes on writing after `prompt`, piece by piece. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    const { tokenizer, endTokens, config } = this;
    return completeText({ model: this, tokenizer, startToken: config.startToken, endTokens }, prompt, options);
  }

  /**
   * A conversation that keeps its cache between turns; the caller disposes it. The template is that of the tokenizer's
   * files, unless the options give one.
   *
   * @throws SequiturError where the model has no tokenizer, or there is no template
   */
  chat({ template, messages, endTokens = this.endTokens }: ChatOptions = {}): Conversation {
    const tokenizer = this.tokenizer ?? missingTokenizer();
    const found = typeof template === 'string' ? jinjaTemplate(template) : (template ?? templateOf(tokenizer));
    if (!found) {
      throw new SequiturError({
        where: 'Gpt.chat',
        expected: 'a chat template',
        got: 'none in the files of the tokenizer',
        fix: 'Give one in Jinja: model.chat({ template })',
      });
    }
    return new Conversation({ model: this, tokenizer, template: found, endTokens, ...(messages && { messages }) });
  }
}
