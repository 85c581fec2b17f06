import { Random } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { maskTokens, PreTrainingData, sentencePairs, type TokenizedDocument, wordsOfPieces } from '../src/index.js';

const [PADDING, START, SEPARATOR, MASK] = [0, 1, 2, 3];
const vocabularySize = 60;
const masking = { maskToken: MASK, vocabularySize, specialTokens: [PADDING, START, SEPARATOR] };

describe('masks', () => {
  it('hide 15 % of the ordinary tokens: 80 % by the mask, 10 % by another token, 10 % not at all', () => {
    const random = Random.fromSeed(1);
    const text = Array.from({ length: 400 }, (_, i) => (i % 40 === 0 ? SEPARATOR : 4 + (i % 50)));
    const counts = { masked: 0, other: 0, same: 0 };
    const places = new Array<number>(text.length).fill(0);
    const rounds = 300;
    for (let round = 0; round < rounds; round++) {
      const { tokens, labels } = maskTokens(text, random, masking);
      expect(labels.filter((label) => label !== -100)).toHaveLength(Math.round(390 * 0.15));
      expect(tokens.filter((token, i) => labels[i] === -100 && token !== text[i])).toEqual([]);
      const hidden = labels.flatMap((label, i) => (label === -100 ? [] : [i]));
      expect(hidden.map((i) => labels[i])).toEqual(hidden.map((i) => text[i]));
      expect(
        hidden.filter((i) => [tokens[i]!, text[i]!].some((token) => masking.specialTokens.includes(token))),
      ).toEqual([]);
      for (const i of hidden) {
        places[i]!++;
        counts[tokens[i] === MASK ? 'masked' : tokens[i] === text[i] ? 'same' : 'other']++;
      }
    }
    const all = counts.masked + counts.other + counts.same;
    // 17,400 draws: three deviations are 0.9 % and 0.7 %. One drawn token in 56 is the old one again.
    expect(counts.masked / all).toBeCloseTo(0.8, 1.7);
    expect(counts.other / all).toBeCloseTo(0.1 * (55 / 56), 1.7);
    expect(counts.same / all).toBeCloseTo(0.1 * (57 / 56), 1.7);
    const ordinary = places.filter((_, i) => text[i] !== SEPARATOR);
    const expected = (rounds * Math.round(390 * 0.15)) / 390;
    // Every place equally often: the deviation of a count is below sqrt(expected).
    for (const count of ordinary) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it('hide whole words where the words are told', () => {
    const pieces = ['[CLS]', 'un', '##believ', '##able', 'it', 'is', 'so', 'out', '##rage', '##ous', '[SEP]'];
    const words = wordsOfPieces(pieces);
    expect(words).toEqual([0, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6]);
    const text = [START, 10, 11, 12, 13, 14, 15, 16, 17, 18, SEPARATOR];
    const random = Random.fromSeed(2);
    const seen = new Set<number>();
    for (let round = 0; round < 200; round++) {
      const { labels } = maskTokens(text, random, { ...masking, words, rate: 0.4 });
      const hidden = labels.flatMap((label, i) => (label === -100 ? [] : [words[i]!]));
      for (const word of hidden) {
        seen.add(word);
        expect(hidden.filter((other) => other === word)).toHaveLength(words.filter((other) => other === word).length);
      }
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it('are these for one seed, in every version', () => {
    const text = Array.from({ length: 16 }, (_, i) => 4 + i);
    const { tokens, labels } = maskTokens(text, Random.fromSeed(9), { ...masking, rate: 0.5 });
    expect(tokens).toEqual([4, 5, 6, 52, 8, 9, 26, 11, MASK, 13, 5, 15, MASK, 58, 18, 19]);
    expect(labels).toEqual([4, -100, -100, 7, -100, -100, 10, -100, 12, -100, 14, 15, 16, 17, -100, -100]);
  });

  it('are the same for equal seeds, others for others, and hide at least one token', () => {
    const text = [START, 7, 8, 9, SEPARATOR];
    const at = (seed: number) => maskTokens(text, Random.fromSeed(seed), masking);
    expect(at(5)).toEqual(at(5));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(at(seed)))).size).toBeGreaterThan(2);
    expect(at(6).labels.filter((label) => label !== -100)).toHaveLength(1);
    expect(() => maskTokens(text, Random.fromSeed(1), { ...masking, masked: 0.9, replaced: 0.2 })).toThrow(/add up/);
    expect(() => maskTokens(text, Random.fromSeed(1), { ...masking, words: [1] })).toThrow(/each of 5 tokens/);
  });
});

/** Sentence s of document d: its tokens say which it is. */
const documents: TokenizedDocument[] = Array.from({ length: 12 }, (_, d) =>
  Array.from({ length: 9 }, (_, s) => new Array<number>(1 + ((d + s) % 5)).fill(1000 + 20 * d + s)),
);
const pairing = { length: 24, startToken: START, separatorToken: SEPARATOR };
const documentOf = (token: number) => Math.floor((token - 1000) / 20);

describe('pairs of texts', () => {
  it('know no empty sentences', () => {
    const gaps = documents.map((sentences) => [[], ...sentences.flatMap((sentence) => [sentence, []])]);
    const pairs = sentencePairs(gaps, Random.fromSeed(3), pairing);
    expect(pairs).toEqual(sentencePairs(documents, Random.fromSeed(3), pairing));
    const empty = [[[]], ...gaps.slice(0, 1)];
    expect(() => sentencePairs(empty, Random.fromSeed(3), pairing)).toThrow(/at least two documents/);
  });

  it('follow one another or come from different documents, as they say, half and half', () => {
    const random = Random.fromSeed(3);
    const pairs = Array.from({ length: 40 }, () => sentencePairs(documents, random, pairing)).flat();
    for (const { tokens, tokenTypes, nextSentence } of pairs) {
      expect(tokens.length).toBeLessThanOrEqual(24);
      expect(tokenTypes).toHaveLength(tokens.length);
      expect([tokens[0], tokens.at(-1)]).toEqual([START, SEPARATOR]);
      const middle = tokens.indexOf(SEPARATOR);
      const [a, b] = [tokens.slice(1, middle), tokens.slice(middle + 1, -1)];
      expect(tokenTypes.lastIndexOf(0)).toBe(middle);
      expect(Math.min(a.length, b.length)).toBeGreaterThan(0);
      const [from, to] = [documentOf(a[0]!), documentOf(b[0]!)];
      if (nextSentence === 1) expect(to).not.toBe(from);
      else expect([to, b[0]! > a.at(-1)!]).toEqual([from, true]); // tokens at the seam may have been cut off
      for (const part of [a, b]) expect(new Set(part.map(documentOf)).size).toBe(1);
    }
    const random1 = pairs.filter(({ nextSentence }) => nextSentence === 1).length / pairs.length;
    expect(random1).toBeGreaterThan(0.45);
    expect(random1).toBeLessThan(0.7); // ends of documents of a single sentence have no successor
    expect(() => sentencePairs(documents.slice(0, 1), random, pairing)).toThrow(/two documents/);
  });

  it('use every sentence of every document as a first text or a true second one', () => {
    const pairs = sentencePairs(documents, Random.fromSeed(4), { ...pairing, length: 200, shortShare: 0 });
    const used = new Set(
      pairs.flatMap(({ tokens, tokenTypes, nextSentence }) =>
        tokens.filter((token, i) => token >= 1000 && (tokenTypes[i] === 0 || nextSentence === 0)),
      ),
    );
    expect(used.size).toBe(12 * 9);
  });
});

describe('batches for pre-training', () => {
  const options = {
    ...{ ...pairing, maskToken: MASK, vocabularySize: 2000, paddingToken: PADDING, batchSize: 4, seed: 'a', epochs: 2 },
  };

  it('are the same for equal seeds, differ between epochs, and go on from a position', () => {
    const all = [...new PreTrainingData(documents, options)];
    expect([...new PreTrainingData(documents, options)]).toEqual(all);
    expect([...new PreTrainingData(documents, { ...options, seed: 'b' })]).not.toEqual(all);
    const data = new PreTrainingData(documents, options);
    const iterator = data[Symbol.iterator]();
    const start = all.slice(0, 7).map(() => iterator.next().value);
    expect(start).toEqual(all.slice(0, 7));
    const again = new PreTrainingData(documents, options);
    again.resumeAt(data.position);
    expect([...again]).toEqual(all.slice(7));
    expect(() => again.resumeAt('elsewhere')).toThrow(/an epoch and a batch/);
    for (const { tokens, attentionMask, tokenTypes, labels } of all) {
      expect(labels.nextSentence).toHaveLength(tokens.length);
      for (const [row, own] of tokens.entries()) {
        for (const values of [own, attentionMask![row]!, tokenTypes![row]!, labels.tokens[row]!])
          expect(values).toHaveLength(24);
        expect(Array.from(own).filter((token) => token === PADDING)).toHaveLength(
          Array.from(attentionMask![row]!).filter((value) => value === 0).length,
        );
      }
    }
  });
});
