import { filesSink, filesSource } from '@sequitur/pretrained';
import { describe, expect, it } from 'vitest';
import {
  byT5Tokenizer,
  byteLevelTokenizer,
  byteTokenizer,
  CharacterTokenizer,
  openTokenizer,
  saveTokenizer,
  TokenSettings,
  type WindowsOptions,
} from '../src/index.js';
import { characterOfByte } from '../src/tokenizers/models/byte-tokens.js';

const tokens = [...characterOfByte, 'th', 'the', 'Ġthe', 'ðŁ', '<|endoftext|>'];
const vocabulary = JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])));
const merges = '#version: 0.2\nt h\nth e\nĠ the\nð Ł\n';
const tokenizer = byteLevelTokenizer(vocabulary, merges);

describe('byte-level BPE', () => {
  it('merges in the order of the file and says where tokens lie, whole characters for parts of one', () => {
    const text = 'the the😀';
    const { tokens, offsets } = tokenizer.tokenize(text);
    expect(tokens).toEqual(['the', 'Ġthe', 'ðŁ', 'ĺ', 'Ģ']);
    expect(offsets.map((range) => text.slice(...range))).toEqual(['the', ' the', '😀', '😀', '😀']);
  });

  it('spells every text and gives it back', () => {
    for (const text of ['', ' ', 'a\r\n\tb', 'naïve 日本語 🙂‍↔️', '\ufeffmark', '\ufffd']) {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }
    expect(tokenizer.decode([characterOfByte.indexOf('ð')])).toBe('\ufffd');
  });

  it('finds its end token in the text and leaves it out of decoded text on request', () => {
    const ids = tokenizer.encode('the<|endoftext|>the');
    expect(ids).toEqual([257, 260, 257]);
    expect(tokenizer.decode(ids)).toBe('thethe');
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe('the<|endoftext|>the');
  });

  it('puts a space first where the settings say so', () => {
    const spaced = byteLevelTokenizer(vocabulary, merges, new TokenSettings({ add_prefix_space: true }));
    expect(spaced.tokenize('the').tokens).toEqual(['Ġthe']);
    expect(spaced.tokenize('the').offsets).toEqual([[0, 3]]);
  });

  it('brackets texts where the class does', () => {
    const vocabulary = JSON.stringify(
      Object.fromEntries(
        ['<s>', '<pad>', '</s>', '<unk>', '<mask>', ...characterOfByte].map((token, id) => [token, id]),
      ),
    );
    const roberta = byteLevelTokenizer(
      vocabulary,
      '#version: 0.2\n',
      new TokenSettings({ tokenizer_class: 'RobertaTokenizer' }),
    );
    expect(roberta.tokenize('a', { pair: 'b' }).tokens).toEqual(['<s>', 'a', '</s>', '</s>', 'b', '</s>']);
    expect(roberta.tokenize('a <mask>').tokens).toEqual(['<s>', 'a', '<mask>', '</s>']);
  });

  it('refuses files that do not belong together', () => {
    expect(() => byteLevelTokenizer('{"a": 0}', '#version: 0.2\na b\n')).toThrow(/merges of a byte-pair vocabulary/);
    expect(() => byteLevelTokenizer('{"a": -1}', '')).toThrow(/vocab\.json: expected ids from 0/);
    expect(() => byteLevelTokenizer('[]', '')).toThrow(/vocab\.json/);
    expect(() => byteLevelTokenizer('{"a": 0}', 'a\n')).toThrow(/merges\.txt, merge 0/);
  });

  it('is saved and opened again, and so are the others', async () => {
    for (const original of [tokenizer, byT5Tokenizer(), CharacterTokenizer.fromText('the way')]) {
      const sink = filesSink();
      await saveTokenizer(original, sink);
      const opened = (await openTokenizer(filesSource(sink.files)))!;
      expect(opened.encode('the way')).toEqual(original.encode('the way'));
      expect(opened.vocabularySize).toBe(original.vocabularySize);
    }
    expect(await openTokenizer(filesSource([]))).toBeNull();
  });
});

describe('bytes', () => {
  it('are their own ids', () => {
    expect(byteTokenizer().encode('aé😀 ')).toEqual([...new TextEncoder().encode('aé😀 ')]);
    expect(byteTokenizer().decode([0xf0, 0x9f, 0x98, 0x80, 0x20])).toBe('😀 ');
    expect(byteTokenizer().vocabularySize).toBe(256);
  });
});

describe('ByT5', () => {
  const byT5 = byT5Tokenizer();

  it('is bytes shifted by three, with an end', () => {
    expect(byT5.encode('aé', { specialTokens: true })).toEqual([100, 198, 172, 1]);
    expect(byT5.tokenize('aé').offsets).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [0, 0],
    ]);
  });

  it('leaves out bytes that are no text, but not a replacement character of the text', () => {
    expect(byT5.decode([100, 198, 101])).toBe('ab');
    expect(byT5.decode(byT5.encode('a\ufffdb'))).toBe('a\ufffdb');
  });
});

describe('windows of a long text', () => {
  const characters = CharacterTokenizer.fromText('abcdefghq');
  const windowsOf = (text: string, options: WindowsOptions) =>
    characters.tokenizeWindows(text, options).map(({ tokens }) => tokens.join(''));

  it('overlap, and reach the end', () => {
    expect(windowsOf('abcdefgh', { maxLength: 4, overlap: 2 })).toEqual(['abcd', 'cdef', 'efgh']);
    expect(windowsOf('abcdefg', { maxLength: 4 })).toEqual(['abcd', 'efg']);
    expect(windowsOf('ab', { maxLength: 4, overlap: 3 })).toEqual(['ab']);
    expect(windowsOf('', { maxLength: 4 })).toEqual(['']);
  });

  it('keep a question in each, and offsets in the whole text', () => {
    const windows = characters.tokenizeWindows('q', { pair: 'abcde', maxLength: 3 });
    expect(windows.map(({ tokens }) => tokens.join(''))).toEqual(['qab', 'qcd', 'qe']);
    expect(windows[1]!.offsets).toEqual([
      [0, 1],
      [2, 3],
      [3, 4],
    ]);
  });

  it('must have room', () => {
    expect(() => windowsOf('abc', { maxLength: 2, overlap: 2 })).toThrow(/room for more than the overlap/);
  });
});
