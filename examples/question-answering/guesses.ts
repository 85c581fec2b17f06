import type { Random } from '@sequitur/core';

/** Baseline: one to three adjacent words of a text, at random. */
export function randomGuess(context: string, random: Random): string {
  const spans = spansOf(context);
  const [from, to] = spans[random.integer(spans.length)]!;
  return textOf(context, from, to);
}

/**
 * Baseline without training: one to three words that are not in the question, with the most question words among the
 * six words before and the six after. Words of up to three letters do not count.
 */
export function nearestGuess(question: string, context: string): string {
  const asked = new Set([...question.matchAll(WORD)].map(([word]) => word.toLowerCase()).filter((w) => w.length > 3));
  const shared = wordsOf(context).map((word) => asked.has(word.text.toLowerCase()));
  const spans = spansOf(context);
  const others = spans.filter(([from, to]) => !shared.slice(from, to).includes(true));
  const ranked = (others.length > 0 ? others : spans).map((span) => ({ span, near: sharedAround(shared, span) }));
  return textOf(context, ...ranked.reduce((best, each) => (each.near > best.near ? each : best)).span);
}

function sharedAround(shared: readonly boolean[], [from, to]: Span): number {
  return shared.slice(Math.max(0, from - 6), to + 6).filter(Boolean).length;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

function wordsOf(text: string) {
  return [...text.matchAll(WORD)].map((found) => ({ text: found[0], start: found.index }));
}

/** The index of the first word and of the one after the last. */
type Span = [from: number, to: number];

function spansOf(text: string): Span[] {
  const { length } = wordsOf(text);
  return Array.from({ length }, (_, from) => [1, 2, 3].map((count) => [from, from + count] as Span))
    .flat()
    .filter(([, to]) => to <= length);
}

function textOf(text: string, from: number, to: number): string {
  const words = wordsOf(text);
  const last = words[to - 1]!;
  return text.slice(words[from]!.start, last.start + last.text.length);
}
