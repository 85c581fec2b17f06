import {
  type CheckpointMetadata,
  type Family,
  type FileSink,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  type SpecialTokens,
  savePretrained,
} from '@sequitur/pretrained';
import { type CompleteOptions, completeText, type Tokenizer } from '@sequitur/text';
import { CausalStack, type LanguageModelParts } from './causal-stack.js';

/** What the configuration of every causal language model may say. */
export interface CausalConfig extends SpecialTokens {
  /** The head is the embedding table. */
  readonly tied?: boolean;
}

/** A family of causal stacks. */
export type CausalFamily<Config extends CausalConfig = CausalConfig> = Family<Config, LanguageModelParts>;

/** A causal stack with its configuration, and its tokenizer where it has one: what folders hold. */
export class PretrainedStack<Config extends CausalConfig = CausalConfig>
  extends CausalStack
  implements PretrainedModel
{
  readonly config: Config;
  readonly family: CausalFamily<Config>;
  readonly headKind: string;
  readonly tokenizer: Tokenizer | null;
  /** What its folder said of it, for saving it alike. */
  readonly metadata: CheckpointMetadata;

  /** A model without values. */
  constructor(
    config: Config,
    family: CausalFamily<Config>,
    { tokenizer = null, metadata = {}, headKind = 'languageModel' }: ModelContext<Tokenizer> = {},
  ) {
    // Without a language model's head, tokens are scored by the embedding table, though the configuration may untie it.
    super(family.build(headKind === 'languageModel' ? config : { ...config, tied: true }, headKind));
    this.config = config;
    this.family = family;
    this.headKind = headKind;
    this.tokenizer = tokenizer;
    this.metadata = metadata;
  }

  /** Saves a folder (or files) that Python's `from_pretrained` reads, tokenizer included. */
  savePretrained(location: string | FileSink, options?: SaveOptions): Promise<void> {
    return savePretrained(this, location, options);
  }
}

/** A pretrained stack that writes. */
export class CausalLanguageModel<Config extends CausalConfig = CausalConfig> extends PretrainedStack<Config> {
  /** The tokens that end a text: the configuration of generation knows more of them than the model's. */
  get endTokens(): readonly number[] {
    return endTokensOf(this);
  }

  /** Completes a prompt, piece by piece. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    const { tokenizer, endTokens, config } = this;
    return completeText({ model: this, tokenizer, startToken: config.startToken, endTokens }, prompt, options);
  }
}

/** The tokens that end what a model writes: of its configuration of generation, else of its own. */
export function endTokensOf({
  metadata,
  config,
}: Pick<PretrainedModel, 'metadata'> & { readonly config: SpecialTokens }): readonly number[] {
  const stored = metadata.generation?.eos_token_id as number | readonly number[] | null | undefined;
  return [stored ?? config.endToken ?? []].flat();
}
