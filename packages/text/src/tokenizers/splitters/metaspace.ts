import { escaped } from '../added-tokens.js';
import { type Splitter, splitAt } from './splitter.js';

/** Whether a text gets a space of its own in front: every stretch, the first of a text only, or none. */
export type PrependScheme = 'always' | 'first' | 'never';

export interface MetaspaceOptions {
  /** Written for a space; default U+2581. */
  readonly replacement?: string | undefined;
  readonly prepend?: PrependScheme | undefined;
  /** Whether words are split before each space; default true. */
  readonly split?: boolean | undefined;
}

/** Spaces as visible characters that words begin with (Kudo and Richardson 2018, section 3.2). */
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
