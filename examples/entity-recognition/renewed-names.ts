import type { Random } from '@sequitur/core';
import { entitySpans } from '@sequitur/text';
import type { TaggedSentence } from './tagged-sentences.js';
import { capitalized } from './vocabulary-texts.js';

export interface NameRenewal {
  /** Fraction of names that are replaced, 0 to 1; half of the new names are invented. */
  readonly renewed: number;
  /** Fraction of the other words that are capitalized, 0 to 1. */
  readonly recased: number;
}

/** Replaces some names of a sentence at random. */
export type NameRenewer = (sentence: TaggedSentence, random: Random) => TaggedSentence;

/**
 * Mention replacement (Dai and Adel 2020, section 3): replaces a fraction of the names with others of the same type
 * from the sentences, half of them with invented words, which join the head of one word and the tail of another. The
 * model must then rely on the context and the spelling, since it cannot memorize names. Some of the other words are
 * capitalized, so that a capital alone does not indicate a name.
 */
export function nameRenewer(sentences: readonly TaggedSentence[], { renewed, recased }: NameRenewal): NameRenewer {
  const names = namesByType(sentences);
  const nameOf = (type: string, random: Random): readonly string[] => {
    const known = names.get(type)!;
    const name = known[random.integer(known.length)]!;
    if (random.uniform() < 0.5) return name;
    return name.map((word) => crossed(word, known[random.integer(known.length)]![0]!, random));
  };
  return ({ words: own, tags, ...sentence }, random) => {
    const words = own.map((word, index) =>
      tags[index] === 'O' && random.uniform() < recased ? capitalized(word) : word,
    );
    const [newWords, newTags]: [string[], string[]] = [[], []];
    let done = 0;
    const keepUntil = (end: number) => {
      newWords.push(...words.slice(done, end));
      newTags.push(...tags.slice(done, end));
      done = end;
    };
    for (const { type, start, end } of entitySpans(tags)) {
      keepUntil(start);
      if (random.uniform() >= renewed || !names.has(type)) continue;
      const name = nameOf(type, random);
      newWords.push(...name);
      newTags.push(...name.map((_, index) => `${index === 0 ? 'B' : 'I'}-${type}`));
      done = end;
    }
    keepUntil(words.length);
    return { ...sentence, words: newWords, tags: newTags };
  };
}

function namesByType(sentences: readonly TaggedSentence[]): Map<string, (readonly string[])[]> {
  const names = new Map<string, (readonly string[])[]>();
  for (const { words, tags } of sentences) {
    for (const { type, start, end } of entitySpans(tags)) {
      names.set(type, [...(names.get(type) ?? []), words.slice(start, end)]);
    }
  }
  return names;
}

/**
 * The head of one word with the tail of another, if both are long enough and have letters only; else the first word.
 */
function crossed(head: string, tail: string, random: Random): string {
  if (!/^\p{L}{4,}$/u.test(head) || !/^\p{L}{4,}$/u.test(tail)) return head;
  return head.slice(0, 2 + random.integer(head.length - 3)) + tail.slice(2 + random.integer(tail.length - 3));
}
