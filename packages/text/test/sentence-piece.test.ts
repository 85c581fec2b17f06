import { Random, SequiturError } from '@sequitur/core';
import { describe, expect, it } from 'vitest';
import { MarianTokenizer, sentencePieceTokenizer, TokenSettings, t5Tokenizer } from '../src/index.js';
import { type WrittenModel, writeSentencePieceFile } from './sentence-piece-file.js';

const special = [
  { piece: '<unk>', score: 0, kind: 2 },
  { piece: '<s>', score: 0, kind: 3 },
  { piece: '</s>', score: 0, kind: 3 },
];
const unigram: WrittenModel = {
  pieces: [
    ...special,
    { piece: '▁', score: -4 },
    { piece: '▁the', score: -2 },
    { piece: 't', score: -5 },
    { piece: 'h', score: -5 },
    { piece: 'e', score: -5 },
    { piece: 'the', score: -3 },
    { piece: 'ab', score: -9 },
    { piece: 'a', score: -4 },
    { piece: 'b', score: -4 },
    { piece: '[x]', score: 0, kind: 4 },
  ],
};
const tokensOf = (model: WrittenModel, text: string) => {
  const { tokens, offsets } = sentencePieceTokenizer(writeSentencePieceFile(model)).tokenize(text);
  return tokens.map((token, index) => [token, text.slice(...offsets[index]!)]);
};

describe('SentencePiece', () => {
  it('unigram takes the most probable pieces, with spaces dropped and one put first', () => {
    expect(tokensOf(unigram, '  the   theab ')).toEqual([
      ['▁the', 'the'],
      ['▁the', '   the'],
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });

  it('joins unknown characters, and takes pieces that the user defined wherever they stand', () => {
    expect(tokensOf(unigram, 'a日本😀b')).toEqual([
      ['▁', ''],
      ['a', 'a'],
      ['日本😀', '日本😀'],
      ['b', 'b'],
    ]);
    expect(tokensOf(unigram, 't[x]')).toEqual([
      ['▁', ''],
      ['t', 't'],
      ['[x]', '[x]'],
    ]);
  });

  it('drops its own sign for a space at the end of a text, but not within it', () => {
    expect(tokensOf(unigram, 'a▁a ▁').map(([token]) => token)).toEqual(['▁', 'a', '▁', 'a']);
    expect(tokensOf(unigram, '▁')).toEqual([]);
  });

  it('weighs a piece that the user defined like a nearly certain one', () => {
    const pieces = [...unigram.pieces, { piece: '▁a', score: -0.5 }, { piece: 'be', score: -0.5 }];
    const model = { pieces: pieces.map((each) => (each.piece === 'ab' ? { ...each, kind: 4 } : each)) };
    expect(tokensOf(model, 'abe').map(([token]) => token)).toEqual(['▁a', 'be']);
    const worse = { pieces: model.pieces.map((each) => (each.piece === 'be' ? { ...each, score: -9 } : each)) };
    expect(tokensOf(worse, 'abe').map(([token]) => token)).toEqual(['▁', 'ab', 'e']);
  });

  it('BPE merges the neighbours whose join scores highest, and takes unused joins apart', () => {
    const pieces = [...special, ...['▁', 'a', 'b', 'c'].map((piece) => ({ piece, score: -10 }))];
    const bpe = { algorithm: 2, pieces: [...pieces, { piece: 'bc', score: -1 }, { piece: 'ab', score: -2 }] };
    expect(tokensOf(bpe, 'abc').map(([token]) => token)).toEqual(['▁', 'a', 'bc']);
    const unused = { ...bpe, pieces: bpe.pieces.map((each) => (each.piece === 'bc' ? { ...each, kind: 5 } : each)) };
    expect(tokensOf(unused, 'abc').map(([token]) => token)).toEqual(['▁', 'a', 'b', 'c']);
  });

  it('has a word for each of its signs for a space', () => {
    const tokenizer = sentencePieceTokenizer(writeSentencePieceFile(unigram));
    const { tokens, words } = tokenizer.tokenize('theab the 日a');
    expect(tokens).toEqual(['▁the', 'a', 'b', '▁the', '▁', '日', 'a']);
    expect(words).toEqual([0, 0, 0, 1, 2, 2, 2]);
  });

  it('spells in bytes what it has no pieces for, and puts the bytes together again', () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
    const model = writeSentencePieceFile({
      ...unigram,
      byteFallback: true,
      pieces: [...unigram.pieces, ...bytes.map((piece) => ({ piece, score: 0, kind: 6 }))],
    });
    const tokenizer = sentencePieceTokenizer(model);
    const text = 'the 日😀';
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    expect(tokenizer.tokenize(text).offsets.slice(-4)).toEqual(Array(4).fill([5, 7]));
    expect(tokenizer.decode([tokenizer.tokenToId('<0xF0>')!, tokenizer.tokenToId('a')!])).toBe('\ufffda');
  });

  it('decodes unknown pieces to its sign for them', () => {
    const tokenizer = sentencePieceTokenizer(writeSentencePieceFile(unigram));
    expect(tokenizer.decode(tokenizer.encode('the 日 a'), { skipSpecialTokens: false })).toBe('the  ⁇  a');
  });

  it('cuts into characters or words where the model says so', () => {
    const pieces = [...special, ...['▁', 'a', '▁a'].map((piece) => ({ piece, score: 0 }))];
    expect(tokensOf({ algorithm: 4, pieces }, 'a b').map(([token]) => token)).toEqual(['▁', 'a', '▁', 'b']);
    expect(tokensOf({ algorithm: 3, pieces }, 'a b').map(([token]) => token)).toEqual(['▁a', '▁b']);
  });

  it('refuses whatever is no model, and never hangs on it', () => {
    const good = writeSentencePieceFile(unigram);
    const random = Random.fromSeed(1);
    for (let trial = 0; trial < 400; trial++) {
      const bytes = good.slice(0, trial % 2 ? good.length : random.integer(good.length));
      for (let change = 0; change < 3 && bytes.length > 0; change++)
        bytes[random.integer(bytes.length)] = random.integer(256);
      try {
        sentencePieceTokenizer(bytes).encode('the [x] 日');
      } catch (error) {
        expect(error).toBeInstanceOf(SequiturError);
      }
    }
    expect(() => sentencePieceTokenizer(new TextEncoder().encode('version https://git-lfs'))).toThrow(SequiturError);
    expect(() => sentencePieceTokenizer(new Uint8Array())).toThrow(/0 pieces/);
  });
});

describe('T5', () => {
  const model = writeSentencePieceFile(unigram);

  it('has sentinels above its pieces and an end', () => {
    const tokenizer = t5Tokenizer(model);
    expect(tokenizer.tokenize('the <extra_id_0> the').tokens).toEqual(['▁the', '<extra_id_0>', '▁the', '</s>']);
    expect(tokenizer.tokenToId('<extra_id_0>')).toBe(unigram.pieces.length + 99);
    expect(tokenizer.vocabularySize).toBe(unigram.pieces.length + 101); // and padding, which this model lacks
  });

  it('puts no space after special tokens unless it is legacy', () => {
    const tokens = (legacy: boolean) => t5Tokenizer(model, new TokenSettings({ legacy })).tokenize('a</s>a').tokens;
    expect(tokens(true)).toEqual(['▁', 'a', '</s>', '▁', 'a', '</s>']);
    expect(tokens(false)).toEqual(['▁', 'a', '</s>', 'a', '</s>']);
  });
});

describe('Marian', () => {
  const vocabulary = JSON.stringify({ '</s>': 0, '<unk>': 1, '▁the': 2, a: 3, '▁': 4, b: 5, '>>fra<<': 6, '<pad>': 7 });
  const tokenizer = new MarianTokenizer({
    source: writeSentencePieceFile(unigram),
    target: writeSentencePieceFile(unigram),
    vocabulary,
  });

  it('takes ids from its own vocabulary, and the language to translate into from the text', () => {
    expect(tokenizer.encode('>>fra<< the ab', { specialTokens: true })).toEqual([6, 2, 4, 3, 5, 0]);
    expect(tokenizer.target.encode('the t')).toEqual([2, 4, 1]);
    expect(tokenizer.decode([2, 4, 3, 5, 0])).toBe('the ab');
  });
});
