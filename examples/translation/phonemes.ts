import { badFile, splitByHash } from '@sequitur/recipe';
import { editDistance } from '@sequitur/text';
import { dictionary } from 'cmu-pronouncing-dictionary';
import type { Corpus, Example } from './corpus.js';
import { letterTokenizer } from './letter-tokenizer.js';

/** Fractions of validation and test. */
const SHARES = { validation: 0.01, test: 0.05 };

/** The words of the CMU Pronouncing Dictionary and their pronunciations. */
export function phonemeCorpus(words: Readonly<Record<string, string>> = dictionary): Corpus {
  const examples = pronunciations(words);
  const splits = splitByHash(examples, ({ source }) => source, SHARES);
  const phonemesOf = (target: string) => target.split(' ');
  const tokenizer = letterTokenizer({
    letters: new Set(examples.flatMap(({ source }) => [...source])),
    units: new Set(examples.flatMap(({ targets }) => targets.flatMap(phonemesOf))),
  });
  const end = tokenizer.tokenToId(tokenizer.specialTokens.end!)!;
  return {
    name: 'letters to phonemes',
    tokenizer,
    splits,
    encode: (source, target) => ({
      source: tokenizer.encode(source, { specialTokens: true }),
      target: [...phonemesOf(target).map((phoneme) => tokenizer.tokenToId(phoneme)!), end],
    }),
    score: phonemeScores,
    settings: {
      unit: 'nats per phoneme',
      model: { width: 128, depth: 2, heads: 4, contextLength: 48, dropout: 0.1 },
      ...{ batchSize: 64, peak: 2e-3, beams: 1 },
    },
  };
}

/** Words with all pronunciations: `read` and `read(2)` are two of one word. */
function pronunciations(words: Readonly<Record<string, string>>): Example[] {
  const byWord = new Map<string, string[]>();
  for (const [entry, pronunciation] of Object.entries(words)) {
    const word = entry.replace(/\(\d+\)$/, '').toLowerCase();
    const phonemes = pronunciation.replace(/#.*$/, '').trim();
    if (word === '' || phonemes === '') throw badFile(`dictionary, ${entry}`, 'a word and its phonemes', pronunciation);
    byWord.set(word, [...(byWord.get(word) ?? []), phonemes]);
  }
  return Array.from(byWord, ([source, targets]) => ({ source, targets }));
}

/**
 * Phoneme error rate (edits per reference phoneme), and word error rate; of several pronunciations the nearest counts.
 * Stress is part of a vowel, so `AH0` for `AH1` is an error; the rates without stress ignore it.
 */
export function phonemeScores(predictions: readonly string[], references: readonly Example[]) {
  const withoutStress = (phonemes: string) => phonemes.replaceAll(/\d/g, '');
  const strict = errorsOf(predictions, references, (phonemes) => phonemes);
  const loose = errorsOf(predictions, references, withoutStress);
  return {
    'phoneme error': strict.perPhoneme,
    'word error': strict.words,
    'phoneme error without stress': loose.perPhoneme,
    'word error without stress': loose.words,
  };
}

function errorsOf(
  predictions: readonly string[],
  references: readonly Example[],
  spelled: (phonemes: string) => string,
): { readonly perPhoneme: number; readonly words: number } {
  let [edits, phonemes, wrong] = [0, 0, 0];
  for (const [index, { targets }] of references.entries()) {
    const written = spelled(predictions[index]!).split(' ');
    const distances = targets.map((target) => {
      const wanted = spelled(target).split(' ');
      return { distance: editDistance(written, wanted), length: wanted.length };
    });
    const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best));
    edits += nearest.distance;
    phonemes += nearest.length;
    wrong += nearest.distance > 0 ? 1 : 0;
  }
  return { perPhoneme: edits / phonemes, words: wrong / references.length };
}
