import { type CausalModel, checkArgument, option, SequiturError, showValue } from '@sequitur/core';
import { type GenerateOptions, type GenerationSettings, generate } from '@sequitur/generation';
import type { Tokenizer } from '../tokenizers/tokenizer.js';
import { withCheckpointSettings } from './generation-options.js';
import type { TextGenerateOptions } from './stop-strings.js';
import { textPieces } from './text-pieces.js';

export interface CompleteOptions extends Omit<TextGenerateOptions, 'endTokens'> {
  /** Tokens that end the text; default the model's. */
  readonly endTokens?: readonly number[];
}

/** The default length of a checkpoint without one is that of `generate`, not the 20 tokens of Hugging Face. */
const NO_LENGTH = { max_length: null };

/** A writer: a language model that generates tokens, with its tokenizer and defaults. */
export interface Writer {
  readonly model: CausalModel;
  readonly tokenizer: Tokenizer | null;
  /** The token that replaces an empty prompt. */
  readonly startToken?: number | undefined;
  /** The end tokens of the model, where the options give none. */
  readonly endTokens: readonly number[];
  /** The generation settings of its checkpoint, by their Hugging Face names: defaults of the options. */
  readonly generation?: GenerationSettings | undefined;
}

/**
 * Continues `prompt`, yielded piece by piece; prompt and pieces concatenated are the text of all tokens. Defaults are
 * the generation settings of the checkpoint.
 *
 * @throws SequiturError where there is no tokenizer, or the prompt is not a string
 */
export async function* completeText(
  { model, tokenizer, startToken, endTokens: own, generation }: Writer,
  prompt: string,
  options: CompleteOptions = {},
): AsyncGenerator<string> {
  const found = tokenizer ?? missingTokenizer();
  if (typeof prompt !== 'string') throw notText(prompt);
  checkArgument('complete, options', option.anObject, options);
  const { endTokens = own } = options;
  const encoded = found.encode(prompt, { specialTokens: true });
  const start = encoded.length === 0 && startToken !== undefined ? [startToken] : encoded;
  const resolved = withCheckpointSettings(
    'complete',
    { ...options, endTokens },
    {
      ...{ tokenizer: found, after: start, prompt: { length: start.length } },
      settings: { ...NO_LENGTH, ...generation, eos_token_id: endTokens },
    },
  );
  yield* textPieces(tokensAfter(model, start, resolved), found, { endTokens, after: start });
}

async function* tokensAfter(
  model: CausalModel,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<number> {
  for await (const [token] of generate(model, [prompt], options)) {
    if (token === null || token === undefined) return;
    yield token;
  }
}

function notText(prompt: unknown): SequiturError {
  return new SequiturError({
    where: 'complete, prompt',
    expected: 'a string',
    got: showValue(prompt),
    fix: 'Pass the messages of a conversation to chat: model.chat().say(text)',
  });
}

/** Throws the error of a model without a tokenizer. */
export function missingTokenizer(where = 'writing'): never {
  throw new SequiturError({
    where,
    expected: 'a model with a tokenizer',
    got: 'one without',
    fix: 'Put the tokenizer’s files into its folder, or call generate with token ids',
  });
}
