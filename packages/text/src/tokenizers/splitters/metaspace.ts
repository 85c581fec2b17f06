import { escaped } from '../added-tokens.js';
import { type Splitter, splitAt } from './splitter.js';

/** The spans to which a space is prepended: every span, the first span of a text, or none. */
export type PrependScheme = 'always' | 'first' | 'never';

export interface MetaspaceOptions {
  /** The replacement of a space; default U+2581. */
  readonly replacement?: string | undefined;
  readonly prepend?: PrependScheme | undefined;
  /** Whether words are split before each space; default true. */
  readonly split?: boolean | undefined;
}

/**
 * Metaspace pre-tokenizer: spaces become visible characters at the start of words (Kudo and Richardson 2018, section
 * 3.2).
 */
export function metaspace({ replacement = '\u2581', prepend = 'always', split = true }: MetaspaceOptions): Splitter {
  const atSpaces = splitAt(new RegExp(escaped(replacement), 'gu'), 'MergedWithNext');
  return (text) => {
    const isFirst = text.origin === 0;
    const marked = text.replaceAll(/ /gu, replacement);
    const wants = prepend === 'always' || (prepend === 'first' && isFirst);
    const ready =
      wants && text.length > 0 && !marked.text.startsWith(replacement) ? marked.prepend(replacement) : marked;
    if (split) return atSpaces(ready);
    return ready.length ? [ready] : [];
  };
}
