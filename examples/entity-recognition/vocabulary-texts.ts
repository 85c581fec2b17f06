import type { TaggedSentence } from './tagged-sentences.js';

/**
 * Texts for training the vocabulary: lowercase words outside of names, both in lower case and capitalized. Names are
 * omitted, so that training names are split into pieces like unseen names, while other words stay whole in either
 * spelling: otherwise a single token would reveal a training name.
 */
export function vocabularyTexts(sentences: readonly TaggedSentence[], others: readonly string[]): string[] {
  const outside = sentences.map(({ words, tags }) => words.filter((_, index) => tags[index] === 'O'));
  const spoken = [...outside, ...others.map((text) => text.split(/\s+/))].map((words) =>
    words.filter((word) => word === word.toLowerCase()),
  );
  const texts = spoken.flatMap((words) => [words.join(' '), words.map(capitalized).join(' ')]);
  const characters = new Set([...sentences.flatMap(({ words }) => words), ...others].flatMap((text) => [...text]));
  return [...texts, ...Array.from(characters, (character) => character + character)];
}

export function capitalized(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('');
}
