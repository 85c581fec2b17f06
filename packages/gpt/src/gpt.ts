import { checkOptions, initialize, option, optionsOf, SequiturError } from '@sequitur/core';
import {
  type CheckpointLocation,
  type LoadPretrainedOptions,
  loadPretrained,
  type ModelContext,
} from '@sequitur/pretrained';
import { missingTokenizer, openTokenizer, type Tokenizer } from '@sequitur/text';
import { type CausalFamily, CausalLanguageModel } from '@sequitur/transformer';
import { Conversation } from './chat/conversation.js';
import { lazyTemplate } from './chat/load-template.js';
import { type ChatTemplate, type Message, templateSource } from './chat/template-source.js';
import { type Gpt2Config, type GptConfig, gpt2Family, gptFamilies } from './models/index.js';

export interface GptOptions<Config extends GptConfig = GptConfig> extends ModelContext<Tokenizer> {
  /** The family; default GPT-2. */
  readonly family?: CausalFamily<Config>;
}

export type LoadGptOptions = LoadPretrainedOptions<CausalFamily<GptConfig>, Tokenizer>;

export interface ChatOptions {
  /** Chat template in Jinja, or as a function; default that of the tokenizer's files. */
  readonly template?: string | ChatTemplate;
  /** Messages before the first turn, for example a system message. */
  readonly messages?: readonly Message[];
  /** End tokens of an answer; default those of the model. */
  readonly endTokens?: readonly number[];
}

type CreateGptOptions = GptOptions & { readonly seed?: number | string };

const createOptions = optionsOf<CreateGptOptions>({
  family: option.optional(option.having('a family', 'build', 'readConfig')),
  tokenizer: option.optional(option.anything),
  metadata: option.optional(option.anything),
  headKind: option.optional(option.text),
  seed: option.optional(option.seed),
});
const chatOptions = optionsOf<ChatOptions>({
  template: option.optional(option.either('a template in Jinja, or a function', option.text, option.callback)),
  messages: option.optional(option.listOf(option.anything)), // checked by the conversation
  endTokens: option.optional(option.listOf(option.countOrNone)),
});

/** A decoder-only language model (GPT-2, Llama, ...) of any family, with its config and tokenizer. */
export class Gpt<Config extends GptConfig = GptConfig> extends CausalLanguageModel<Config> {
  /** The default families of `fromPretrained`. */
  static readonly families = gptFamilies;
  static readonly heads = ['languageModel', 'none'];

  /** A model without parameter values: `create` initialises them, `fromPretrained` loads them. */
  constructor(config: Config, { family, ...context }: GptOptions<Config> = {}) {
    super(config, family ?? (gpt2Family as unknown as CausalFamily<Config>), context);
  }

  /** Creates a model with random parameters, to be trained. The caller disposes it. */
  static create<Config extends GptConfig = Gpt2Config>(
    config: NoInfer<Config>,
    given: GptOptions<Config> & { readonly seed?: number | string } = {},
  ): Gpt<Config> {
    const { seed = 0, ...options } = checkOptions(
      'Gpt.create',
      createOptions,
      given as CreateGptOptions,
    ) as typeof given;
    return initialize(new Gpt<Config>(config, options), seed);
  }

  /**
   * Loads a pretrained model from a folder, a URL, files dropped on a page, or a Hugging Face repository; `model_type`
   * of its config.json says which family it is of. The caller disposes it.
   *
   * @throws SequiturError where files are missing or corrupt, or the config has a setting that is not supported
   */
  static fromPretrained(location: CheckpointLocation, options: LoadGptOptions = {}): Promise<Gpt> {
    return loadPretrained(location, options, {
      families: Gpt.families,
      heads: Gpt.heads,
      openTokenizer,
      create: ({ config, ...context }) => new Gpt(config, context),
    });
  }

  /**
   * Starts a chat that keeps its cache between turns; the caller disposes it. The template is that of the tokenizer's
   * files, unless given.
   *
   * @throws SequiturError where the model has no tokenizer, or there is no template
   */
  chat(options: ChatOptions = {}): Conversation {
    const { template, messages, endTokens = this.endTokens } = checkOptions('Gpt.chat', chatOptions, options);
    const tokenizer = this.tokenizer ?? missingTokenizer();
    const found =
      typeof template === 'string' ? { source: template, variables: {} } : (template ?? templateSource(tokenizer));
    if (!found) {
      throw new SequiturError({
        where: 'Gpt.chat',
        expected: 'a chat template',
        got: 'none in the files of the tokenizer',
        fix: 'Give one in Jinja: model.chat({ template })',
      });
    }
    return new Conversation({
      ...{ model: this, tokenizer, endTokens, generation: this.metadata.generation },
      template: typeof found === 'function' ? found : lazyTemplate(found),
      ...(messages && { messages }),
    });
  }
}
