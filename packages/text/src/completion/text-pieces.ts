import { byteOf } from '../tokenizers/models/byte-tokens.js';
import type { Tokenizer } from '../tokenizers/tokenizer.js';

export interface TextPiecesOptions {
  /** Tokens that end the text and are not shown; default none. */
  readonly endTokens?: readonly number[] | undefined;
  /** Tokens before these, those of the prompt: decoding continues after them. */
  readonly after?: readonly number[] | undefined;
}

/** Tokens of the prompt that can affect the text of later tokens. */
const CONTEXT = 64;

/**
 * Decodes a stream of tokens to text pieces, whose concatenation is `decode` of all tokens. Text that a later token can
 * still change is held back: a character spread over several tokens, or a space that punctuation would remove.
 */
export async function* textPieces(
  tokens: AsyncIterable<number>,
  tokenizer: Tokenizer,
  { endTokens = [], after = [] }: TextPiecesOptions = {},
): AsyncGenerator<string> {
  const written: number[] = [];
  const context = after.slice(-CONTEXT);
  let shown = '';
  for await (const token of tokens) {
    if (endTokens.includes(token)) break;
    written.push(token);
    // Bytes are decoded together: an invalid one makes the whole run unreadable.
    if (byteOf(tokenizer.idToToken(token) ?? '') !== null) continue;
    const text = decidedPart(tokenizer.decode(written, { after: context }), tokenizer.cleanUp);
    if (text.length <= shown.length || !text.startsWith(shown)) continue;
    yield text.slice(shown.length);
    shown = text;
  }
  const rest = tokenizer.decode(written, { after: context }).slice(shown.length);
  if (rest) yield rest;
}

/** The part of a text that no later token changes. */
function decidedPart(text: string, cleanUp: boolean): string {
  const whole = text.replace(/\ufffd+$/, '');
  return cleanUp ? whole.replace(UNDECIDED, '') : whole;
}

/** A suffix that may become part of ` .`, ` ' `, ` n't` or ` 've` and lose its space. */
const UNDECIDED = /(?:(?: n ?| )?' ?[vr]?| n ?| )$/;
