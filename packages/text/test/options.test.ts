import { describe, expect, it } from 'vitest';
import {
  bleu,
  byteTokenizer,
  chrf,
  consecutiveWindows,
  joinDocuments,
  packedWindows,
  padEncodings,
  randomWindows,
  rouge,
  shuffledBatches,
  shuffledWindows,
  trainByteLevelTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
} from '../src/index.js';

const tokens = Int32Array.from({ length: 100 }, (_, id) => id);
const tokenizer = byteTokenizer();
const encoding = tokenizer.tokenize('a');
const windows = { length: 4, batchSize: 2 };
const training = { vocabularySize: 300 };
const batches = { source: {}, batchSize: 2, seed: 1, collate: (items: readonly number[]) => items };

type Call = (options: never) => unknown;

/** Every function that takes options, with options that it takes, and for each option what it does not take. */
const calls: Readonly<
  Record<string, readonly [call: Call, good: object, bad: Readonly<Record<string, readonly unknown[]>>]>
> = {
  encode: [(options) => tokenizer.encode('a', options), { specialTokens: true }, { specialTokens: ['yes', 1] }],
  tokenize: [
    (options) => tokenizer.tokenize('a', options),
    { pair: 'b', truncation: { maxLength: 2, side: 'left', strategy: 'onlyFirst' } },
    {
      pair: [5, null],
      truncation: [
        { maxLength: 0 },
        { maxLength: Number.NaN },
        { maxLength: 2, side: 'up' },
        { maxLength: 2, strategy: 'x' },
        {},
      ],
      padding: [{ length: -1 }, { multipleOf: 0 }, { side: 'middle' }, { width: 3 }, true],
    },
  ],
  tokenizeBatch: [
    (options) => tokenizer.tokenizeBatch(['a'], options),
    { padding: false },
    { padding: [true, { length: 1.5 }] },
  ],
  tokenizeWindows: [
    (options) => tokenizer.tokenizeWindows('abc', options),
    { maxLength: 2, overlap: 1 },
    { maxLength: [0, '2', undefined], overlap: [-1, 0.5, Number.NaN] },
  ],
  decode: [
    (options) => tokenizer.decode([97], options),
    { after: [98], cleanUp: true, skipSpecialTokens: false },
    { after: [5, 'a'], cleanUp: ['no'], skipSpecialTokens: [0] },
  ],
  padEncodings: [
    (options) => padEncodings([encoding], options, { id: 0, token: '', typeId: 0 }),
    { length: 3 },
    { length: [-1], multipleOf: [0, Number.NaN], side: [1] },
  ],
  randomWindows: [
    (options) => randomWindows(tokens, options),
    { ...windows, seed: 1 },
    { length: [0], batchSize: [0, 1.5], seed: [Number.NaN, {}] },
  ],
  consecutiveWindows: [
    (options) => consecutiveWindows(tokens, options),
    windows,
    { length: [0, -1], batchSize: [Number.NaN] },
  ],
  shuffledWindows: [
    (options) => shuffledWindows(tokens, options),
    { ...windows, seed: 'a' },
    { batchSize: [0], seed: [undefined] },
  ],
  packedWindows: [(options) => packedWindows([[1, 2, 3]], options), windows, { separator: [-1, 'a'], length: ['4'] }],
  shuffledBatches: [
    (options) => shuffledBatches([1, 2, 3], options),
    batches,
    { batchSize: [0, Number.NaN], collate: [5], lengthOf: [3], source: [null] },
  ],
  bleu: [
    (options) => bleu(['a'], ['a'], options),
    { tokenization: 'none' },
    { lowercase: [1], tokenization: ['zh'], effectiveOrder: ['x'] },
  ],
  chrf: [
    (options) => chrf(['a'], ['a'], options),
    { order: 3, beta: 1 },
    { order: [0, 1.5, 1e9], beta: [0, -1, Number.NaN] },
  ],
  trainByteLevelTokenizer: [
    (options) => trainByteLevelTokenizer('a b', options),
    training,
    {
      vocabularySize: [0, Number.NaN, '300'],
      minimumCount: [0],
      specialTokens: ['<s>', [5]],
      onProgress: [5],
      signal: [{}],
      endToken: [1],
    },
  ],
  trainUnigramTokenizer: [
    (options) => trainUnigramTokenizer('a b ab', options),
    { vocabularySize: 9 },
    { vocabularySize: [Infinity], specialTokens: [5] },
  ],
  trainWordPieceTokenizer: [
    (options) => trainWordPieceTokenizer('a b ab', options),
    { vocabularySize: 20 },
    { lowercase: ['no'], alphabetSize: [0], minimumCount: [-1], specialTokens: [['[X]']] },
  ],
};

describe('options are checked where they are given', () => {
  for (const [name, [call, good, bad]] of Object.entries(calls)) {
    it(name, async () => {
      await call(good as never);
      for (const [option, values] of Object.entries(bad)) {
        for (const value of values) {
          const said = `${name}, ${option}`;
          await expect(
            (async () => call({ ...good, [option]: value } as never))(),
            `${said}: ${String(value)}`,
          ).rejects.toThrow(new RegExp(`^${said}|^${name}: expected options among .*'${option}'`));
        }
      }
      await expect((async () => call({ ...good, colour: 1 } as never))()).rejects.toThrow(/options among .*'colour'/);
      await expect((async () => call(5 as never))()).rejects.toThrow(/an object of options/);
    });
  }
});

describe('arguments are checked', () => {
  it('where a text is wanted', () => {
    for (const input of [undefined, null, 5, ['a'], { text: 'a' }] as never[]) {
      expect(() => tokenizer.encode(input)).toThrow(/encode, text: expected a string/);
      expect(() => tokenizer.tokenize(input)).toThrow(/tokenize, text/);
      expect(() => tokenizer.tokenizeWindows(input, { maxLength: 3 })).toThrow(/tokenizeWindows, text/);
      expect(() => tokenizer.tokenizeBatch([input])).toThrow(/tokenizeBatch, texts/);
      if (!Array.isArray(input)) expect(() => tokenizer.tokenizeBatch(input)).toThrow(/tokenizeBatch, texts/);
      if (!Array.isArray(input)) expect(() => tokenizer.decode(input)).toThrow(/decode, ids/);
    }
    expect(() => bleu([5 as never], ['a'])).toThrow(/bleu, predictions/);
    expect(() => rouge(['a'], [5 as never])).toThrow(/rouge, references/);
    expect(() => joinDocuments([[1]], -1)).toThrow(/joinDocuments, separator/);
  });

  it('where texts to train on are wanted', async () => {
    for (const texts of [5, null, [5], ['a', undefined]] as never[])
      await expect(trainByteLevelTokenizer(texts, training)).rejects.toThrow(/training a vocabulary, (texts|a text)/);
  });
});
