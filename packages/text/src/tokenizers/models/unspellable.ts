import { SequiturError } from '@sequitur/core';

/** The error for text that a vocabulary has no tokens for, not even one for unknown text. */
export function unspellable(text: string): SequiturError {
  const code = text.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return new SequiturError({
    where: 'encode',
    expected: 'text that the vocabulary has tokens for',
    got: `${JSON.stringify(text.slice(0, 40))} (U+${code})`,
    fix: 'Leave it out: the vocabulary has no token for what is unknown',
  });
}
