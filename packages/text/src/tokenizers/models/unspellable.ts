import { SequiturError } from '@sequitur/core';

/** The error for text outside the vocabulary, where there is no unknown token. */
export function unspellable(text: string): SequiturError {
  const code = text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return new SequiturError({
    where: 'encode',
    expected: 'text within the vocabulary',
    got: `${JSON.stringify(text.slice(0, 40))} (U+${code})`,
    fix: 'Remove it: the vocabulary has no unknown token',
  });
}
