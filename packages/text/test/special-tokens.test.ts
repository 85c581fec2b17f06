import { describe, expect, it } from 'vitest';
import {
  bertTokenizer,
  byteLevelTokenizer,
  llamaTokenizer,
  MarianTokenizer,
  sentencePieceTokenizer,
  TokenSettings,
  t5Tokenizer,
  tokenizerOfJson,
} from '../src/index.js';
import { withIds } from '../src/tokenizers/readers/token-settings.js';
import { Vocabulary } from '../src/tokenizers/vocabulary.js';
import { writeSentencePieceFile } from './sentence-piece-file.js';

const pieces = [
  { piece: '<unk>', score: 0, kind: 2 },
  { piece: '<s>', score: 0, kind: 3 },
  { piece: '</s>', score: 0, kind: 3 },
  ...['▁', '▁a', 'a', '<', 's', '>'].map((piece, id) => ({ piece, score: -id - 1 })),
];
const model = writeSentencePieceFile({ pieces });
const bytePair = writeSentencePieceFile({ pieces, algorithm: 2 });

describe('special tokens', () => {
  it('of T5 end with sentinels, the first of which has the highest id, and are left out of texts', () => {
    const tokenizer = t5Tokenizer(model, new TokenSettings({ extra_ids: 2 }));
    expect([tokenizer.tokenToId('<extra_id_0>'), tokenizer.tokenToId('<extra_id_1>')]).toEqual([10, 9]);
    expect(tokenizer.tokenize('a <extra_id_0> a', { specialTokens: false }).tokens).toEqual([
      '▁a',
      '<extra_id_0>',
      '▁a',
    ]);
    expect(tokenizer.decode([4, 10, 4], { skipSpecialTokens: true })).toBe('a a');
  });

  it('of SentencePiece are no pieces of a text', () => {
    expect(sentencePieceTokenizer(model).tokenize('<s>').tokens).toEqual(['▁', '<', 's', '>']);
  });

  it('stand in a text as the class of Llama puts them, with and without spaces', () => {
    const text = (legacy: boolean, ids: readonly number[]) =>
      llamaTokenizer(bytePair, new TokenSettings({ legacy, bos_token: '<s>', eos_token: '</s>' })).decode(ids, {
        skipSpecialTokens: false,
      });
    // As Python's class: the older behaviour puts a space before what precedes a special token.
    expect(text(true, [1, 4, 2, 5])).toBe('<s> a</s>a');
    expect(text(true, [4, 2])).toBe(' a</s>');
    expect(text(false, [4, 2])).toBe('a</s>');
  });

  it('are those that the settings name by a text alone', () => {
    const vocabulary = JSON.stringify({ a: 0, b: 1, '<go>': 2 });
    const tokenizer = byteLevelTokenizer(vocabulary, '', new TokenSettings({ bos_token: '<go>', unk_token: 'b' }));
    expect(tokenizer.decode([2, 0], { skipSpecialTokens: true })).toBe('a');
    expect(tokenizer.decode([2, 0], { skipSpecialTokens: false })).toBe('<go>a');
  });

  it('stay what they are where one is declared twice, and become special by one declaration', () => {
    const vocabulary = Vocabulary.ofList(['a']);
    const plain = { content: 'x', special: false, id: 5 };
    expect(withIds(vocabulary, [{ content: 'x', special: false }], [plain])).toEqual([plain]);
    expect(withIds(vocabulary, [{ content: 'x', special: true }], [plain])).toEqual([{ ...plain, special: true }]);
  });

  it.each(['-1', '16777217', '1e9', 'one'])('have ids from 0 on: %s', (id) => {
    const settings = new TokenSettings({ added_tokens_decoder: { [id]: { content: '<x>', special: true } } });
    expect(() => byteLevelTokenizer(JSON.stringify({ a: 0 }), '', settings)).toThrow(/added/);
  });

  it('of a template may have the id 0', () => {
    const tokenizer = tokenizerOfJson({
      added_tokens: [{ id: 0, content: '<s>', special: true }],
      post_processor: {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
        special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
      },
      model: { type: 'BPE', vocab: { '<s>': 0, a: 1 }, merges: [] },
    });
    expect(tokenizer.tokenize('a').ids).toEqual([0, 1]);
  });
});

it('Marian spells both languages by one vocabulary, unless the settings say that they are apart', () => {
  const vocabulary = JSON.stringify({ '</s>': 0, '<unk>': 1, '▁a': 2, a: 3, '<pad>': 4 });
  const targetVocabulary = JSON.stringify({ '</s>': 0, '<unk>': 1, '▁a': 7, a: 3, '<pad>': 4 });
  const ids = (settings: object) =>
    new MarianTokenizer(
      { source: model, target: model, vocabulary, targetVocabulary },
      new TokenSettings(settings),
    ).target.tokenize('a').ids;
  expect(ids({})).toEqual([2, 0]);
  expect(ids({ separate_vocabs: false })).toEqual([2, 0]);
  expect(ids({ separate_vocabs: true })).toEqual([7, 0]);
});

it('spaces before punctuation stay, unless the settings say otherwise', () => {
  const vocabulary = JSON.stringify({ a: 0, Ġ: 1, '.': 2 });
  const text = (settings: object) => byteLevelTokenizer(vocabulary, '', new TokenSettings(settings)).decode([0, 1, 2]);
  expect(text({})).toBe('a .');
  expect(text({ clean_up_tokenization_spaces: false })).toBe('a .');
  expect(text({ clean_up_tokenization_spaces: true })).toBe('a.');
});

it('WordPiece counts characters, not halves of them: a hundred are spelled, one more is unknown', () => {
  const tokenizer = bertTokenizer(
    '[UNK]\n[CLS]\n[SEP]\n𠮷\n##𠮷\nm\n##m\n',
    new TokenSettings({ tokenize_chinese_chars: false }),
  );
  const count = (text: string) => tokenizer.tokenize(text, { specialTokens: false }).tokens.length;
  expect(count('𠮷'.repeat(100))).toBe(100);
  expect(tokenizer.tokenize('𠮷'.repeat(101), { specialTokens: false }).tokens).toEqual(['[UNK]']);
  expect(count('m'.repeat(100))).toBe(100);
  expect(tokenizer.tokenize('m'.repeat(101), { specialTokens: false }).tokens).toEqual(['[UNK]']);
});
