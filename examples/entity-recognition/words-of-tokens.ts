import type { Entity } from '@sequitur/bert';
import type { Encoding } from '@sequitur/text';
import type { TaggedSentence } from './tagged-sentences.js';

/** A sentence as text, with the range of each word. */
export interface WrittenSentence {
  readonly text: string;
  readonly places: readonly (readonly [start: number, end: number])[];
}

/** Joins words with spaces. */
export function written({ words }: Pick<TaggedSentence, 'words'>): WrittenSentence {
  let start = 0;
  const places = words.map((word) => {
    const place = [start, start + word.length] as const;
    start += word.length + 1;
    return place;
  });
  return { text: words.join(' '), places };
}

/**
 * A tag for each labelled token: the tag of the word for its first token, and the continuation of the tag for later
 * tokens that start a pre-token inside the word, for example after a hyphen, since a model that reads plain text cannot
 * know where the word began. Special tokens and continuation pieces have no tag.
 */
export function tagsOfTokens(
  encoding: Encoding,
  tags: readonly string[],
  { places }: WrittenSentence,
): (string | null)[] {
  let word = -1;
  return encoding.offsets.map(([start], index) => {
    if (encoding.sequences[index] === null) return null;
    if (encoding.tokens[index]!.startsWith('##')) return null;
    const isFirst = word + 1 < places.length && start >= places[word + 1]![0];
    while (word + 1 < places.length && start >= places[word + 1]![0]) word++;
    const tag = tags[word] ?? 'O';
    return isFirst ? tag : tag.replace(/^B-/, 'I-');
  });
}

/** Tags of the words that are inside the entities found in the text. */
export function tagsOfEntities(entities: readonly Entity[], { places }: WrittenSentence): string[] {
  const tags = places.map(() => 'O');
  for (const { type, start, end } of entities) {
    const inside = places.flatMap(([from, to], index) => (from < end && to > start ? [index] : []));
    for (const [nth, index] of inside.entries()) tags[index] = `${nth === 0 ? 'B' : 'I'}-${type}`;
  }
  return tags;
}
