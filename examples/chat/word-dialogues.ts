import { Random } from '@sequitur/core';
import { dictionary } from 'cmu-pronouncing-dictionary';
import type { Dialogue } from './dialogues.js';

/** A word and its sounds, without stress: `whale`, `W EY L`. */
export interface SpokenWord {
  readonly word: string;
  readonly sounds: string;
  readonly syllables: number;
}

export interface SpokenWords {
  readonly training: readonly SpokenWord[];
  /** Held-out words. */
  readonly test: readonly SpokenWord[];
}

/** Words of 3 to 9 plain letters of the CMU dictionary, the first pronunciation of each. */
export function spokenWords(seed: string, held = 500): SpokenWords {
  const words = Object.entries(dictionary).flatMap(([word, sounds]) =>
    /^[a-z]{3,9}$/.test(word) ? [spoken(word, sounds)] : [],
  );
  const mixed = Random.fromSeed(seed).fork('words').shuffle(words);
  return { training: mixed.slice(held), test: mixed.slice(0, held) };
}

function spoken(word: string, sounds: string): SpokenWord {
  const syllables = sounds.match(/\d/g)?.length ?? 0;
  return { word, sounds: sounds.replace(/\d/g, ''), syllables };
}

/** Questions for a pronunciation; the first is used in the evaluation. */
export const QUESTIONS = [
  (word: string) => `How do you pronounce ${word}?`,
  (word: string) => `How is ${word} said?`,
  (word: string) => `Say ${word}.`,
];

/** Follow-up questions, whose answer needs the previous turn. */
export const FOLLOW_UPS = ['How many syllables?', 'And how many syllables is that?'];

const GREETINGS = ['Hello', 'Hello!', 'Hi', 'Hi there'];
const GREETED = 'Hello! Ask me how a word is pronounced, and how many syllables it has.';
const THANKS = ['Thanks', 'Thank you', 'Thank you!'];
const THANKED = 'You are welcome.';

/** Conversations about words: one to three words, some with a greeting and thanks, many with a follow-up question. */
export function wordDialogues(words: readonly SpokenWord[], count: number, seed: string): Dialogue[] {
  const random = Random.fromSeed(seed).fork('dialogues');
  const any = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
  return Array.from({ length: count }, () => {
    const turns: (readonly [question: string, answer: string])[] = [];
    if (random.uniform() < 0.2) turns.push([any(GREETINGS), GREETED]);
    for (let topics = 1 + random.integer(3); topics > 0; topics--) {
      const { word, sounds, syllables } = any(words);
      turns.push([any(QUESTIONS)(word), sounds]);
      if (random.uniform() < 0.5) turns.push([any(FOLLOW_UPS), String(syllables)]);
    }
    if (random.uniform() < 0.2) turns.push([any(THANKS), THANKED]);
    return turns.flatMap(([question, answer]) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
  });
}
