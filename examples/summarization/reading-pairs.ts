import type { Random } from '@sequitur/core';

/** Sentences that follow each other in a text, and the one of them that says most of the others. */
export interface Passage {
  readonly sentences: readonly string[];
  readonly principal: string;
}

/**
 * Passages to learn reading from, which needs no summaries: the model is to write down the principal sentence, which it can
 * only by finding it and copying it word by word. Gap sentences are chosen like that (Zhang et al. 2020, PEGASUS, section
 * 3.1), but taken out of the text; here they stay in it, since two thousand texts do not teach to guess them. Short passages
 * come as often as long ones, and their beginnings differ, so that no place in the text is the answer.
 *
 * @param passagesOfEach drawn from each text, with repetition
 */
export function readingPassages(
  texts: readonly (readonly string[])[],
  { random, passagesOfEach }: { readonly random: Random; readonly passagesOfEach: number },
): Passage[] {
  return texts.flatMap((text) =>
    Array.from({ length: passagesOfEach }, () => {
      const length = 1 + random.integer(text.length);
      const start = random.integer(text.length - length + 1);
      const sentences = text.slice(start, start + length);
      return { sentences, principal: principalSentence(sentences) };
    }),
  );
}

/** The sentence whose words are most of all those of the others: by the F-score of both sets of words; of equals the first. */
export function principalSentence(sentences: readonly string[]): string {
  const sets = sentences.map(wordsOf);
  const scores = sets.map((own, index) => {
    const rest = new Set(sets.flatMap((other, place) => (place === index ? [] : [...other])));
    const common = [...own].filter((word) => rest.has(word)).length;
    return (2 * common) / (own.size + rest.size || 1);
  });
  return sentences[scores.indexOf(Math.max(...scores))]!;
}

function wordsOf(sentence: string): Set<string> {
  return new Set(sentence.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}
