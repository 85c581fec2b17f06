import type { Random } from '@sequitur/core';

/** Consecutive sentences of a text, and the principal one. */
export interface Passage {
  readonly sentences: readonly string[];
  readonly principal: string;
}

/**
 * Passages for pre-training without summaries: the model must find the principal sentence and copy it. PEGASUS (Zhang
 * et al. 2020, section 3.1) selects gap sentences in the same way, but removes them from the text; here they remain,
 * since two thousand texts are too few to predict them. The lengths and the start positions vary, so that the answer
 * has no fixed position.
 *
 * @param passagesOfEach number of passages from each text, with repetition
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

/** The sentence with the highest F-score of its words against those of the other sentences; among equals the first. */
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
