import { checkArgument, option, SequiturError } from '@sequitur/core';
import { AlignedText } from '../tokenizers/aligned-text.js';
import type { Normalizer } from '../tokenizers/normalizers/normalizer.js';
import type { Splitter } from '../tokenizers/splitters/splitter.js';
import type { Pauses } from './training-options.js';

/** Training texts: one or many, from memory or from a stream. */
export type TrainingTexts = string | Iterable<string> | AsyncIterable<string>;

/** Length of the chunks in which longer texts are read; each ends at a line break. */
const PIECE_LENGTH = 100_000;

/**
 * Counts the words of normalized, pre-tokenized text.
 *
 * @throws SequiturError where there are no words at all
 */
export async function countWords(
  texts: TrainingTexts,
  { normalize, split, pauses }: { readonly normalize?: Normalizer; readonly split: Splitter; readonly pauses: Pauses },
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let read = 0;
  if (typeof texts !== 'string') checkArgument('training a vocabulary, texts', option.iterable, texts);
  for await (const text of typeof texts === 'string' ? [texts] : texts) {
    checkArgument('training a vocabulary, a text', option.text, text);
    for (const piece of piecesOf(text)) {
      const aligned = AlignedText.of(piece);
      for (const { text: word } of split(normalize ? normalize(aligned) : aligned)) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      read += piece.length;
      if (pauses.isDue) await pauses.pause({ phase: 'counting words', done: read, total: read });
    }
  }
  if (counts.size > 0) return counts;
  throw new SequiturError({ where: 'training a vocabulary', expected: 'texts with words', got: 'none' });
}

function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const line = text.indexOf('\n', from + PIECE_LENGTH);
    const to = line < 0 ? text.length : line;
    yield text.slice(from, to);
    from = to;
  }
}
