import type { Vocabulary } from '../vocabulary.js';
import { byteToken } from './byte-tokens.js';
import type { WordPart } from './word-model.js';

/** Fuses neighbouring unknown parts into one, or encodes them in byte tokens where the vocabulary has them. */
export function resolveUnknown(
  parts: readonly WordPart[],
  options: { readonly unknownId: number; readonly byteFallback?: boolean | undefined; readonly vocabulary: Vocabulary },
): WordPart[] {
  const resolved: WordPart[] = [];
  for (const part of parts) {
    const last = resolved.at(-1);
    if (part.id !== options.unknownId) resolved.push(part);
    else if (options.byteFallback) resolved.push(...bytesOf(part, options.vocabulary));
    else if (last?.id !== options.unknownId) resolved.push(part);
    else resolved[resolved.length - 1] = { ...last, token: last.token + part.token, to: part.to };
  }
  return resolved;
}

/** A part for each byte, all at the position of the character. */
function bytesOf(part: WordPart, vocabulary: Vocabulary): WordPart[] {
  const tokens = [...new TextEncoder().encode(part.token)].map(byteToken);
  const parts = tokens.map((token) => ({ ...part, token, id: vocabulary.idOf(token) ?? -1 }));
  return parts.some(({ id }) => id < 0) ? [part] : parts;
}
