import type { EncodedText } from '@sequitur/example-encoders';
import type { SubwordTokenizer } from '@sequitur/text';

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Splits stories into passages of whole sentences of at most `length` tokens, including special tokens; longer
 * sentences are truncated. No passage spans two stories.
 */
export function passagesOf(stories: readonly string[], tokenizer: SubwordTokenizer, length: number): EncodedText[] {
  const idOf = (token: string | undefined) => tokenizer.tokenToId(token ?? '')!;
  const { classification, separator } = tokenizer.specialTokens;
  const [first, last] = [idOf(classification), idOf(separator)];
  const room = length - 2;
  return stories.flatMap((story) => {
    const passages: number[][] = [[]];
    for (const { segment } of segmenter.segment(story)) {
      const sentence = tokenizer.encode(segment).slice(0, room);
      if (passages.at(-1)!.length + sentence.length > room) passages.push([]);
      passages.at(-1)!.push(...sentence);
    }
    return passages.filter((ids) => ids.length > 0).map((ids) => ({ ids: [first, ...ids, last] }));
  });
}
