import { Random } from '@sequitur/core';
import { firstBatches } from '@sequitur/recipe';
import { type SubwordTokenizer, trainWordPieceTokenizer } from '@sequitur/text';
import { beforeAll, describe, expect, it } from 'vitest';
import { ClozeMaker, clozeBatches, wordsOf } from '../cloze-questions.js';

const text =
  'Go on. The white whale, they say, swam past Nantucket in May. It was seen by the crew of the Pequod at noon!';
const short = text.split('. ').slice(0, 2).join('. ');

let tokenizer: SubwordTokenizer;
beforeAll(async () => {
  tokenizer = await trainWordPieceTokenizer(text, { vocabularySize: 70 });
});

const spelled = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: false });
const mask = () => tokenizer.tokenToId('[MASK]')!;

describe('made questions', () => {
  it('count the pieces of a word together', () => {
    const words = wordsOf(tokenizer, short);
    expect(words.some(({ ids }) => ids.length > 1)).toBe(true);
    expect(words.flatMap(({ ids }) => ids)).toEqual(tokenizer.tokenize(short, { specialTokens: false }).ids);
    expect(words.filter(({ endsSentence }) => endsSentence).length).toBe(1);
  });

  it('are the words before and after the answer', () => {
    const maker = new ClozeMaker(tokenizer, [wordsOf(tokenizer, text)]);
    const random = Random.fromSeed('1');
    for (let made = 0; made < 100; made++) {
      const { ids, tokenTypes, start, end } = maker.make(48, { around: 3 }, random);
      const passage = tokenTypes.indexOf(1);
      expect([ids.length, ids.length - passage <= 49]).toEqual([tokenTypes.length, true]);
      const hole = ids.indexOf(mask());
      const [before, after] = [ids.slice(1, hole), ids.slice(hole + 1, passage - 1)];
      expect(start).toBeGreaterThanOrEqual(passage);
      expect(ids.slice(start - before.length, start)).toEqual(before);
      expect(ids.slice(end + 1, end + 1 + after.length)).toEqual(after);
      expect(spelled([...before, ...ids.slice(start, end + 1), ...after])).not.toMatch(/[.!?]/);
      expect(spelled(ids.slice(start, end + 1))).toMatch(/^[\p{L}\p{N}]/u);
      expect(before.length + after.length).toBeGreaterThan(1);
    }
  });

  it('are refused if no text is long enough, or none has a suitable sentence', () => {
    for (const hopeless of ['Go on.', 'Go! On! Go! On! Go! On! Go! On!']) {
      const maker = new ClozeMaker(tokenizer, [wordsOf(tokenizer, hopeless)]);
      expect(() => maker.make(48, { around: 3 }, Random.fromSeed('1'))).toThrow(/sentences of at least three words/);
    }
  });

  it('omit words on request', () => {
    const words = [wordsOf(tokenizer, text)];
    const lengthOf = (omitted: number) => {
      const random = Random.fromSeed('1');
      const maker = new ClozeMaker(tokenizer, words);
      const made = Array.from({ length: 200 }, () => maker.make(60, { around: 4, omitted }, random));
      return made.reduce((sum, { tokenTypes }) => sum + tokenTypes.indexOf(1), 0) / made.length;
    };
    expect(lengthOf(0.9)).toBeLessThan(lengthOf(0) / 2);
  });

  it('are new in every batch, and the same for the same seed', () => {
    const words = [wordsOf(tokenizer, text)];
    const drawn = (seed: string) =>
      firstBatches(
        clozeBatches(tokenizer, words, { passage: { least: 20, most: 40 }, around: 3 }, { batchSize: 4, seed }),
        { batches: 2, of: 2 },
      );
    const [first, second] = drawn('1');
    expect(first).not.toEqual(second);
    expect(drawn('1')).toEqual([first, second]);
    expect(drawn('2')).not.toEqual([first, second]);
  });
});
