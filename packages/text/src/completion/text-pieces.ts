import type { Tokenizer } from '../tokenizers/tokenizer.js';

/**
 * Tokens as they come, as pieces of text. A character may be spread over several tokens: it is given out when it is whole,
 * or at the end as it is. The tokens that end a text are not shown.
 */
export async function* textPieces(
  tokens: AsyncIterable<number>,
  tokenizer: Tokenizer,
  endTokens: readonly number[],
): AsyncGenerator<string> {
  const written: number[] = [];
  let shown = '';
  for await (const token of tokens) {
    if (endTokens.includes(token)) break;
    written.push(token);
    const text = tokenizer.decode(written);
    if (text.endsWith('\ufffd') || text === shown) continue;
    yield text.slice(shown.length);
    shown = text;
  }
  const rest = tokenizer.decode(written).slice(shown.length);
  if (rest) yield rest;
}
