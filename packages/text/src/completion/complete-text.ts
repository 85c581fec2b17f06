import { type CausalModel, SequiturError } from '@sequitur/core';
import { type GenerateOptions, generate } from '@sequitur/generation';
import type { Tokenizer } from '../tokenizers/tokenizer.js';
import { textPieces } from './text-pieces.js';

export interface CompleteOptions extends Omit<GenerateOptions, 'endTokens'> {
  /** Tokens that end the text; default the model's own. */
  readonly endTokens?: readonly number[];
}

/** A model that writes, and what it is told in tokens. */
export interface Writer {
  readonly model: CausalModel;
  readonly tokenizer: Tokenizer | null;
  /** What stands in the place of an empty prompt. */
  readonly startToken?: number | undefined;
  /** The model's own, where the options give none. */
  readonly endTokens: readonly number[];
}

/**
 * Goes on writing after `prompt`, piece by piece.
 *
 * @throws SequiturError where there is no tokenizer
 */
export async function* completeText(
  { model, tokenizer, startToken, endTokens: own }: Writer,
  prompt: string,
  options: CompleteOptions = {},
): AsyncGenerator<string> {
  const found = tokenizer ?? missingTokenizer();
  const { endTokens = own } = options;
  const encoded = found.encode(prompt, { specialTokens: true });
  const start = encoded.length === 0 && startToken !== undefined ? [startToken] : encoded;
  yield* textPieces(tokensAfter(model, start, { ...options, endTokens }), found, endTokens);
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

/** Thrown where a model without a tokenizer is asked for text. */
export function missingTokenizer(where = 'writing'): never {
  throw new SequiturError({
    where,
    expected: 'a model with a tokenizer',
    got: 'one without',
    fix: 'Put the tokenizer’s files into its folder, or call generate with token ids',
  });
}
