import type { CausalModel } from '@sequitur/core';
import {
  type CheckpointMetadata,
  checkConfig,
  type Family,
  type FileSink,
  type ModelContext,
  type PretrainedModel,
  type SaveOptions,
  type SpecialTokens,
  savePretrained,
} from '@sequitur/pretrained';
import { type CompleteOptions, completeText, type Tokenizer, type Writer } from '@sequitur/text';
import { CausalStack, type LanguageModelParts } from './causal-stack.js';

/** The common config of causal language models. */
export interface CausalConfig extends SpecialTokens {
  /** Whether the output projection is tied to the embeddings. */
  readonly tied?: boolean;
}

/** A family of causal stacks. */
export type CausalFamily<Config extends CausalConfig = CausalConfig> = Family<Config, LanguageModelParts>;

/** A causal stack with its config and, where it has one, its tokenizer: the contents of a model folder. */
export class PretrainedStack<Config extends CausalConfig = CausalConfig>
  extends CausalStack
  implements PretrainedModel
{
  readonly config: Config;
  readonly family: CausalFamily<Config>;
  readonly headKind: string;
  readonly tokenizer: Tokenizer | null;
  /** Metadata of its checkpoint, for saving in the same form. */
  readonly metadata: CheckpointMetadata;

  /** A model without parameter values: `initialize` draws them, or a checkpoint is loaded. */
  constructor(
    config: Config,
    family: CausalFamily<Config>,
    { tokenizer = null, metadata = {}, headKind = 'languageModel' }: ModelContext<Tokenizer> = {},
  ) {
    checkConfig(`a ${family?.modelType} model`, config);
    // Without a language model head the output projection is tied, regardless of the config.
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

/** A pretrained causal language model. */
export class CausalLanguageModel<Config extends CausalConfig = CausalConfig> extends PretrainedStack<Config> {
  /** The end tokens: those of the generation config, else of the model's config. */
  get endTokens(): readonly number[] {
    return endTokensOf(this);
  }

  /** Completes a prompt, yielded piece by piece, with the settings of `generation_config.json` and the options. */
  complete(prompt: string, options?: CompleteOptions): AsyncGenerator<string> {
    return completeText(writerOf(this, this.config.startToken), prompt, options);
  }
}

/** A pretrained model as the writer that `completeText` needs. */
export function writerOf<
  Model extends CausalModel & Pick<PretrainedModel, 'metadata'> & Pick<Writer, 'tokenizer' | 'endTokens'>,
>(model: Model, startToken?: number): Writer {
  const { tokenizer, endTokens, metadata } = model;
  return { model, tokenizer, startToken, endTokens, generation: metadata.generation };
}

/** The end tokens of a model: those of its generation config, else of its config. */
export function endTokensOf({
  metadata,
  config,
}: Pick<PretrainedModel, 'metadata'> & { readonly config: SpecialTokens }): readonly number[] {
  const stored = metadata.generation?.eos_token_id as number | readonly number[] | null | undefined;
  return [stored ?? config.endToken ?? []].flat();
}
