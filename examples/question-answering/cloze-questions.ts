import { Random } from '@sequitur/core';
import type { Question } from './questions.js';

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Questions that nobody had to write: some words of a sentence are taken out, what is left of it, in part and not in its
 * order, is the question, and the words are the answer. So a reader learns to find the place in a text that says what the
 * question says, of which a thousand real questions are too few (Lewis et al. 2019, "Unsupervised question answering by
 * cloze translation", sections 2.1 to 2.3).
 *
 * @param each how many to draw for every text
 */
export function clozeQuestions(contexts: Iterable<string>, { each, seed }: { each: number; seed: string }): Question[] {
  const random = Random.fromSeed(seed).fork('cloze questions');
  return [...contexts].flatMap((context) => {
    const long = Array.from(sentences.segment(context)).filter(({ segment }) => wordsOf(segment).length >= 6);
    if (long.length === 0) return [];
    return Array.from({ length: each }, () => clozeOf(long[random.integer(long.length)]!, context, random));
  });
}

interface Word {
  readonly text: string;
  readonly start: number;
}

function clozeOf({ segment, index }: { segment: string; index: number }, context: string, random: Random): Question {
  const words = wordsOf(segment);
  const [first, count] = answerPlace(words, random);
  const [start, last] = [index + words[first]!.start, words[first + count - 1]!];
  const text = context.slice(start, index + last.start + last.text.length);
  const rest = [...words.slice(first + count), ...words.slice(0, first)].map((word) => word.text);
  const kept = rest.filter(() => random.uniform() < 0.6);
  return { question: `${(kept.length > 0 ? kept : rest).join(' ')}?`, context, answers: [{ text, start }] };
}

/** Names and numbers are what people ask for most: half of the answers begin with one. @returns the first word and how many */
function answerPlace(words: readonly Word[], random: Random): [first: number, count: number] {
  const count = 1 + random.integer(3);
  const places = words.map((_, place) => place).slice(0, words.length - count + 1);
  const asked = places.filter((place) => place > 0 && /^[\p{Lu}\p{N}]/u.test(words[place]!.text));
  const chosen = asked.length > 0 && random.uniform() < 0.5 ? asked : places;
  return [chosen[random.integer(chosen.length)]!, count];
}

function wordsOf(sentence: string): Word[] {
  return Array.from(sentence.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.,-]*(?<![.,])/gu), (found) => ({
    text: found[0],
    start: found.index,
  }));
}
