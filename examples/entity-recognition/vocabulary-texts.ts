import type { TaggedSentence } from './tagged-sentences.js';

/**
 * The texts that a recognizer's vocabulary is trained on: words in small letters that stand outside of names, as they are and
 * with a capital. Names are left out, so that those which are learnt from fall into pieces just as names do that nobody has
 * seen, while words that are none stay whole in either spelling: else a whole word would be what a learnt name looks like.
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
