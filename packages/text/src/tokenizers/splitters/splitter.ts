import type { AlignedText } from '../aligned-text.js';
import { matchesIn, type Pattern } from '../patterns/linear-pattern.js';

/** A pre-tokenizer: splits a text into words, which the model then splits into tokens. */
export type Splitter = (text: AlignedText) => readonly AlignedText[];

/** The treatment of the matches of a split pattern, by the names of `tokenizer.json`. */
export type SplitBehavior = 'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

/** Applies pre-tokenizers in sequence. */
export function splitInTurn(splitters: readonly Splitter[]): Splitter {
  return (text) => splitters.reduce<readonly AlignedText[]>((words, split) => words.flatMap(split), [text]);
}

/** The matches of a global pattern; text between them is dropped. */
export function matchesOf(pattern: RegExp): Splitter {
  return (text) => {
    const words: AlignedText[] = [];
    for (const match of text.text.matchAll(pattern)) {
      if (match[0].length) words.push(text.slice(match.index, match.index + match[0].length));
    }
    return words;
  };
}

/** Splits at the matches of a pattern, or between them where it is inverted. */
export function splitAt(pattern: RegExp | Pattern, behavior: SplitBehavior, inverted = false): Splitter {
  return (text) => {
    const spans = spansOf(text.text, pattern).map((span) => ({ ...span, isMatch: span.isMatch !== inverted }));
    return joined(spans, behavior).map(({ from, to }) => text.slice(from, to));
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly isMatch: boolean;
}

function spansOf(text: string, pattern: RegExp | Pattern): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { index, text: match } of matchesIn(pattern, text)) {
    const to = index + match.length;
    if (index > at) spans.push({ from: at, to: index, isMatch: false });
    if (to > index) spans.push({ from: index, to, isMatch: true });
    at = to;
  }
  if (at < text.length) spans.push({ from: at, to: text.length, isMatch: false });
  return spans;
}

function joined(spans: readonly Span[], behavior: SplitBehavior): Span[] {
  if (behavior === 'Removed') return spans.filter(({ isMatch }) => !isMatch);
  if (behavior === 'Isolated') return [...spans];
  if (behavior === 'Contiguous') return merged(spans, (left, right) => left.isMatch === right.isMatch);
  if (behavior === 'MergedWithPrevious') return merged(spans, (left, right) => !left.isMatch && right.isMatch);
  return merged(spans, (left, right) => left.isMatch && !right.isMatch);
}

/** Merges adjacent spans; the last merged one determines whether the result is a match. */
function merged(spans: readonly Span[], belong: (left: Span, right: Span) => boolean): Span[] {
  const result: Span[] = [];
  let last: Span | undefined;
  for (const span of spans) {
    if (last && belong(last, span)) result[result.length - 1] = { ...span, from: result.at(-1)!.from };
    else result.push(span);
    last = span;
  }
  return result;
}
