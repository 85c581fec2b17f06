import { describe, expect, it } from 'vitest';
import { bertTokenizer, TokenSettings } from '../src/index.js';

const words = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  'the',
  'un',
  '##aff',
  '##able',
  'cafe',
  '𠀀',
  ',',
  'σοφοσ',
  'i',
];
const vocabulary = `${words.join('\n')}\n`;
const surfaces = (text: string, tokenizer = bertTokenizer(vocabulary)) => {
  const { tokens, offsets } = tokenizer.tokenize(text, { specialTokens: false });
  return tokens.map((token, index) => [token, text.slice(...offsets[index]!)]);
};

describe('BERT', () => {
  it('spells words by the longest pieces and knows where they lie', () => {
    expect(surfaces('The unaffable, x')).toEqual([
      ['the', 'The'],
      ['un', 'un'],
      ['##aff', 'aff'],
      ['##able', 'able'],
      [',', ','],
      ['[UNK]', 'x'],
    ]);
  });

  it('keeps offsets right where accents go, in either form, and beyond the basic plane', () => {
    expect(surfaces('CAFÉ')).toEqual([['cafe', 'CAFÉ']]);
    expect(surfaces('a cafe\u0301!').slice(1, 2)).toEqual([['cafe', 'cafe\u0301']]);
    expect(surfaces('😀𠀀the')).toEqual([
      ['[UNK]', '😀'],
      ['𠀀', '𠀀'],
      ['the', 'the'],
    ]);
  });

  it('lowercases letter by letter: a capital sigma at the end of a word becomes the usual one', () => {
    expect(surfaces('ΣΟΦΟΣ')).toEqual([['σοφοσ', 'ΣΟΦΟΣ']]);
  });

  it('finds special tokens in the text, before it is lowercased', () => {
    expect(surfaces('the[MASK] [mask]').map(([token]) => token)).toEqual(['the', '[MASK]', '[UNK]', '[UNK]', '[UNK]']);
  });

  it('does as its settings say', () => {
    const cased = bertTokenizer(vocabulary, new TokenSettings({ do_lower_case: false }));
    expect(surfaces('The the', cased).map(([token]) => token)).toEqual(['[UNK]', 'the']);
    const whole = bertTokenizer(vocabulary, new TokenSettings({ do_basic_tokenize: false }));
    expect(surfaces('the, the', whole).map(([token]) => token)).toEqual(['[UNK]', 'the']);
  });

  it('puts pairs, truncation and padding together as Python does', () => {
    const tokenizer = bertTokenizer(vocabulary);
    const encoding = tokenizer.tokenize('the the the', {
      pair: 'un i',
      truncation: { maxLength: 7 },
      padding: { length: 8 },
    });
    expect(encoding.tokens).toEqual(['[CLS]', 'the', 'the', '[SEP]', 'un', 'i', '[SEP]', '[PAD]']);
    expect(encoding.tokenTypes).toEqual([0, 0, 0, 0, 1, 1, 1, 0]);
    expect(encoding.attentionMask).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
    expect(encoding.sequences).toEqual([null, 0, 0, null, 1, 1, null, null]);
    expect(() =>
      tokenizer.tokenize('the', { pair: 'un i', truncation: { maxLength: 4, strategy: 'onlyFirst' } }),
    ).toThrow(/expected texts that can be truncated by 2 tokens, got only 1/);
  });

  it('pads a batch to its longest text, on either side', () => {
    const batch = bertTokenizer(vocabulary).tokenizeBatch(['the the', ''], { padding: { side: 'left' } });
    expect(batch.map(({ ids }) => ids)).toEqual([
      [2, 5, 5, 3],
      [0, 0, 2, 3],
    ]);
    expect(batch[1]!.attentionMask).toEqual([0, 0, 1, 1]);
  });

  it('decodes, with special tokens and the spaces before punctuation on request', () => {
    const tokenizer = bertTokenizer(vocabulary);
    const ids = tokenizer.encode('the unaffable, i', { specialTokens: true });
    expect(tokenizer.decode(ids)).toBe('the unaffable, i');
    expect(tokenizer.decode(ids, { skipSpecialTokens: false, cleanUp: false })).toBe('[CLS] the unaffable , i [SEP]');
  });

  it('refuses a vocabulary without a token for unknown words', () => {
    expect(() => bertTokenizer('the\nof\n')).toThrow(/vocab\.txt: expected a token \[UNK\]/);
  });
});
