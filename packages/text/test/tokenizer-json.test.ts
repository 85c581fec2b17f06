import { Random, SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import {
  tokenizerOfJson,
  trainByteLevelTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
} from '../src/index.js';

const parts = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
const bytePairs = (vocabulary: string[], merges: string[] = [], also: object = {}) => ({
  type: 'BPE',
  vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
  merges,
  ...also,
});
const surfaces = (tokenizer: ReturnType<typeof tokenizerOfJson>, text: string) => {
  const { tokens, offsets } = tokenizer.tokenize(text, { specialTokens: false });
  return tokens.map((token, index) => [token, text.slice(...offsets[index]!)]);
};

describe('tokenizer.json', () => {
  it('keeps offsets through normalizers that lengthen, shorten and prepend', () => {
    const tokenizer = tokenizerOfJson({
      ...parts,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'NFKC' },
          { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
          { type: 'Prepend', prepend: '_' },
          { type: 'Replace', pattern: { String: ' ' }, content: '_' },
        ],
      },
      model: bytePairs(['_', 'f', 'i', 'x', '_f'], ['_ f']),
    });
    expect(surfaces(tokenizer, 'x   \ufb01x')).toEqual([
      ['_', ''],
      ['x', 'x'],
      ['_f', '   \ufb01'],
      ['i', '\ufb01'],
      ['x', 'x'],
    ]);
  });

  it('splits as the pattern and its behaviour say', () => {
    const split = (behavior: string, invert = false) =>
      surfaces(
        tokenizerOfJson({
          ...parts,
          pre_tokenizer: { type: 'Split', pattern: { String: '-' }, behavior, invert },
          model: { type: 'WordLevel', vocab: { unknown: 0 }, unk_token: 'unknown' },
        }),
        'a--bc',
      ).map(([, surface]) => surface);
    expect(split('Removed')).toEqual(['a', 'bc']);
    expect(split('Isolated')).toEqual(['a', '-', '-', 'bc']);
    expect(split('MergedWithPrevious')).toEqual(['a-', '-', 'bc']);
    expect(split('MergedWithNext')).toEqual(['a', '-', '-bc']);
    expect(split('Contiguous')).toEqual(['a', '--', 'bc']);
    expect(split('Removed', true)).toEqual(['-', '-']);
  });

  it('puts templates around one text and two', () => {
    const item = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
    const begin = { SpecialToken: { id: '<s>', type_id: 0 } };
    const tokenizer = tokenizerOfJson({
      ...parts,
      added_tokens: [{ id: 2, content: '<s>', special: true }],
      post_processor: {
        type: 'TemplateProcessing',
        single: [begin, item('A', 0)],
        pair: [begin, item('A', 0), item('B', 1)],
        special_tokens: { '<s>': { id: '<s>', ids: [2], tokens: ['<s>'] } },
      },
      model: bytePairs(['a', 'b']),
    });
    expect(tokenizer.tokenize('ab', { pair: 'b<s>' })).toMatchObject({
      ids: [2, 0, 1, 1, 2],
      tokenTypes: [0, 0, 0, 1, 1],
      sequences: [null, 0, 0, 1, 1],
    });
    expect(tokenizer.decode([2, 0, 1])).toBe('a b');
  });

  it('pads with the token that is usual for it where no settings say which', () => {
    const tokenizer = tokenizerOfJson({
      ...parts,
      added_tokens: [{ id: 2, content: '<pad>', special: true }],
      model: bytePairs(['a', 'b']),
    });
    expect(tokenizer.tokenizeBatch(['ab', 'a']).map(({ ids }) => ids)).toEqual([
      [0, 1],
      [0, 2],
    ]);
    const bare = tokenizerOfJson({ ...parts, model: bytePairs(['a', 'b']) });
    expect(() => bare.tokenizeBatch(['ab', 'a'])).toThrow(/a tokenizer with a padding token/);
    expect(bare.tokenizeBatch(['ab', 'ba']).map(({ ids }) => ids)).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('spells unknown characters by their bytes, by a token for them, or leaves them out, as the Rust library does', () => {
    const bytes = ['<0xC3>', '<0xA9>'];
    const fallback = tokenizerOfJson({ ...parts, model: bytePairs(['a', ...bytes], [], { byte_fallback: true }) });
    expect(surfaces(fallback, 'aé')).toEqual([
      ['a', 'a'],
      ['<0xC3>', 'é'],
      ['<0xA9>', 'é'],
    ]);
    const fused = tokenizerOfJson({ ...parts, model: bytePairs(['a', '?'], [], { unk_token: '?', fuse_unk: true }) });
    expect(surfaces(fused, 'xya')).toEqual([
      ['?', 'xy'],
      ['a', 'a'],
    ]);
    const bare = tokenizerOfJson({ ...parts, model: bytePairs(['a', 'aa'], ['a a']) });
    expect(surfaces(bare, 'abab')).toEqual([['aa', 'aba']]);
    const words = tokenizerOfJson({ ...parts, model: { type: 'WordLevel', vocab: { a: 0 } } });
    expect(() => words.encode('b')).toThrow(/encode: expected text within the vocabulary, got "b"/);
    const unigram = tokenizerOfJson({ ...parts, model: { type: 'Unigram', vocab: [['a', -1]] } });
    expect(() => unigram.encode('ab')).toThrow(/encode/);
  });

  it('refuses parts that it does not know, by name', () => {
    const model = bytePairs(['a']);
    expect(() => tokenizerOfJson({ ...parts, normalizer: { type: 'Surprise' }, model })).toThrow(
      /normalizer.*'Surprise'/,
    );
    expect(() => tokenizerOfJson({ ...parts, model: bytePairs(['a'], [], { dropout: 0.1 }) })).toThrow(/dropout/);
    expect(() => tokenizerOfJson({ ...parts, model: bytePairs(['a'], ['a b']) })).toThrow(/tokens of the vocabulary/);
  });

  it('answers any damage to a file with an error that says where', async () => {
    const text = 'the whale and the sea, the ship and the whale';
    const trained = [
      await trainByteLevelTokenizer(text, { vocabularySize: 260 }),
      await trainWordPieceTokenizer(text, { vocabularySize: 40 }),
      await trainUnigramTokenizer(text, { vocabularySize: 30 }),
    ];
    const random = Random.fromSeed(1);
    for (const original of trained.map((tokenizer) => JSON.stringify(tokenizer.files()['tokenizer.json']))) {
      for (let trial = 0; trial < 300; trial++) {
        const damaged = damage(JSON.parse(original), random);
        try {
          tokenizerOfJson(damaged as object).encode('the whale é 日 [CLS]');
        } catch (error) {
          expect(error).toBeInstanceOf(SequiturError);
        }
      }
    }
  });
});

const JUNK: readonly unknown[] = [null, -1, 1.5, 1e12, '', '(', [], {}, true, [1], ['a', 'b', 'c'], { type: 'No' }];

/** Puts something else in place of a value somewhere in a JSON tree. */
function damage(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.integer(4) === 0) return JUNK[random.integer(JUNK.length)];
  const keys = Object.keys(value);
  if (keys.length === 0) return JUNK[random.integer(JUNK.length)];
  const key = keys[random.integer(keys.length)]!;
  const changed = damage((value as Record<string, unknown>)[key], random);
  return Array.isArray(value)
    ? value.map((item, index) => (String(index) === key ? changed : item))
    : { ...value, [key]: changed };
}
