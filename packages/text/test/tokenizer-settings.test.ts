import { filesSource } from '@sequitur/pretrained';
import { describe, expect, it } from 'vitest';
import {
  bertTokenizer,
  byT5Tokenizer,
  byteLevelTokenizer,
  llamaTokenizer,
  MarianTokenizer,
  openTokenizer,
  TokenSettings,
  t5Tokenizer,
  tokenizerOfJson,
} from '../src/index.js';
import { characterOfByte } from '../src/tokenizers/models/byte-tokens.js';
import { writeSentencePieceFile } from './sentence-piece-file.js';

const encoder = new TextEncoder();
const open = (files: Readonly<Record<string, object | string | Uint8Array>>) =>
  openTokenizer(
    filesSource(
      Object.entries(files).map(([name, content]) => {
        const bytes =
          content instanceof Uint8Array
            ? content
            : encoder.encode(typeof content === 'string' ? content : JSON.stringify(content));
        return new File([bytes as Uint8Array<ArrayBuffer>], name);
      }),
    ),
  );
const tokensOf = (tokenizer: ReturnType<typeof tokenizerOfJson>, text: string, pair?: string) =>
  tokenizer.tokenize(text, { pair }).tokens;

const special = (id: number, content: string, also: object = {}) => ({ id, content, special: true, ...also });
const item = (id: 'A' | 'B', type_id = 0) => ({ Sequence: { id, type_id } });
const token = (id: string, type_id = 0) => ({ SpecialToken: { id, type_id } });

/** As Llama's: `<s>` before every text. */
const llama = {
  version: '1.0',
  added_tokens: [special(0, '<unk>'), special(1, '<s>'), special(2, '</s>')],
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
  post_processor: {
    type: 'TemplateProcessing',
    single: [token('<s>'), item('A')],
    pair: [token('<s>'), item('A'), token('<s>', 1), item('B', 1)],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
  model: {
    type: 'BPE',
    vocab: { '<unk>': 0, '<s>': 1, '</s>': 2, '▁': 3, a: 4, b: 5, '▁a': 6 },
    merges: ['▁ a'],
    unk_token: '<unk>',
    fuse_unk: true,
  },
};
const ends = { bos_token: '<s>', eos_token: '</s>' };

/** As BERT's: lowercase, without accents. */
const bert = {
  version: '1.0',
  added_tokens: [special(0, '[PAD]'), special(1, '[UNK]'), special(2, '[CLS]'), special(3, '[SEP]')],
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    vocab: Object.fromEntries(
      ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'Été', 'été', 'ete', 'w0', 'w1', 'w10', 'w11', '北', '京', '北京'].map(
        (word, id) => [word, id],
      ),
    ),
    unk_token: '[UNK]',
  },
};

const byteLevel = {
  version: '1.0',
  added_tokens: [special(256, '<|end|>')],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  post_processor: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: Object.fromEntries(characterOfByte.map((each, id) => [each, id])), merges: [] },
};

describe('tokenizer_config.json beside tokenizer.json', () => {
  it('says whether texts have a beginning and an end', () => {
    const bracketed = (settings: object) => tokenizerOfJson(llama, new TokenSettings({ ...ends, ...settings }));
    expect(tokensOf(bracketed({}), 'a', 'b')).toEqual(['<s>', '▁a', '<s>', '▁', 'b']);
    expect(tokensOf(bracketed({ add_bos_token: false }), 'a', 'b')).toEqual(['▁a', '▁', 'b']);
    const both = bracketed({ add_bos_token: true, add_eos_token: true }).tokenize('a', { pair: 'b' });
    expect(both.tokens).toEqual(['<s>', '▁a', '</s>', '<s>', '▁', 'b', '</s>']);
    expect(both.tokenTypes).toEqual([0, 0, 0, 1, 1, 1, 1]);
    expect(tokensOf(bracketed({ add_bos_token: false, add_eos_token: true }), 'a')).toEqual(['▁a', '</s>']);
    const bare = tokenizerOfJson(
      { ...llama, post_processor: null },
      new TokenSettings({ ...ends, add_bos_token: true }),
    );
    expect(tokensOf(bare, 'a')).toEqual(['<s>', '▁a']);
    expect(() => tokenizerOfJson(llama, new TokenSettings({ add_eos_token: true }))).toThrow(/eos_token to add/);
  });

  it('leaves the template alone where the class does, as GPT-2’s', () => {
    const settings = new TokenSettings({ ...ends, tokenizer_class: 'GPT2TokenizerFast', add_eos_token: true });
    expect(tokensOf(tokenizerOfJson(llama, settings), 'a')).toEqual(['<s>', '▁a']);
  });

  it('says what BERT’s normalizer does', () => {
    const normalized = (settings: object, text: string) =>
      tokenizerOfJson(bert, new TokenSettings(settings)).tokenize(text, { specialTokens: false }).tokens;
    expect(normalized({}, 'Été')).toEqual(['ete']);
    expect(normalized({ do_lower_case: false }, 'Été')).toEqual(['Été']);
    expect(normalized({ strip_accents: false }, 'Été')).toEqual(['été']);
    expect(normalized({ do_lower_case: false, strip_accents: true }, 'Été été')).toEqual(['[UNK]', 'ete']);
    expect(normalized({}, '北京')).toEqual(['北', '京']);
    expect(normalized({ tokenize_chinese_chars: false }, '北京')).toEqual(['北京']);
    const stripping = { ...bert, normalizer: { ...bert.normalizer, lowercase: false, strip_accents: true } };
    const asFile = tokenizerOfJson(stripping, new TokenSettings({ strip_accents: null }));
    expect(asFile.tokenize('été', { specialTokens: false }).tokens).toEqual(['été']);
  });

  it('says whether a byte-level text begins with a space', () => {
    const spaced = tokenizerOfJson(byteLevel, new TokenSettings({ add_prefix_space: true }));
    expect(spaced.tokenize('a').tokens).toEqual(['Ġ', 'a']);
    expect(tokenizerOfJson(byteLevel, new TokenSettings({ add_prefix_space: false })).encode('a')).toEqual([97]);
  });

  it('adds tokens that the file lacks, and changes those it has', () => {
    const settings = new TokenSettings({
      pad_token: '<pad>',
      additional_special_tokens: ['<x>'],
      added_tokens_decoder: { 256: { content: '<|end|>', special: true, lstrip: true }, 300: { content: '<tool>' } },
    });
    const tokenizer = tokenizerOfJson(byteLevel, settings);
    expect(tokenizer.tokenize('a <|end|><tool><x>').tokens).toEqual(['a', '<|end|>', '<tool>', '<x>']);
    expect(tokenizer.tokenToId('<tool>')).toBe(257);
    expect(tokenizer.specialTokens.padding).toBe('<pad>');
    expect(tokenizer.tokenizeBatch(['aa', 'a'])[1]!.ids).toEqual([97, tokenizer.tokenToId('<pad>')]);
    expect(tokenizer.decode(tokenizer.encode('a<tool><x>'))).toBe('a<tool>');
  });

  it('says on which side texts are padded and cut', () => {
    const left = tokenizerOfJson(
      bert,
      new TokenSettings({ padding_side: 'left', truncation_side: 'left', pad_token: '[PAD]' }),
    );
    const batch = left.tokenizeBatch(['w0 w1 w10', 'w0'], { truncation: { maxLength: 4 } });
    expect(batch.map(({ tokens }) => tokens)).toEqual([
      ['[CLS]', 'w1', 'w10', '[SEP]'],
      ['[PAD]', '[CLS]', 'w0', '[SEP]'],
    ]);
    const right = left.tokenizeBatch(['w0 w1 w10', 'w0'], {
      truncation: { maxLength: 4, side: 'right' },
      padding: { side: 'right' },
    });
    expect(right.map(({ tokens }) => tokens)).toEqual([
      ['[CLS]', 'w0', 'w1', '[SEP]'],
      ['[CLS]', 'w0', '[SEP]', '[PAD]'],
    ]);
  });

  it('must be of the right types', () => {
    for (const [name, value] of Object.entries({
      do_lower_case: 'no',
      add_bos_token: 1,
      padding_side: 'up',
      tokenizer_class: 5,
      bos_token: 7,
      split_special_tokens: true,
    })) {
      expect(() => tokenizerOfJson(llama, new TokenSettings({ [name]: value })), name).toThrow(
        new RegExp(`tokenizer_config.json, ${name}: expected`),
      );
    }
  });
});

describe('added tokens', () => {
  const withToken = (also: object) => tokenizerOfJson({ ...byteLevel, added_tokens: [special(256, 'end', also)] });
  const found = (also: object, text: string) => {
    const { tokens, offsets } = withToken(also).tokenize(text);
    return tokens.flatMap((token, at) => (token === 'end' ? [text.slice(...offsets[at]!)] : []));
  };

  it('stand anywhere, or only where no letter, digit or underscore touches them', () => {
    expect(found({}, 'end bend end2 _end endé')).toHaveLength(5);
    expect(found({ single_word: true }, 'end bend end2 _end endé -end-')).toHaveLength(2);
    expect(found({ single_word: true }, '日end 😀end')).toHaveLength(1);
  });

  it('take the white space beside them where the file says so', () => {
    const tokensOf = (also: object) => withToken(also).tokenize('a  end b').tokens.length;
    expect([tokensOf({}), tokensOf({ lstrip: true }), tokensOf({ rstrip: true })]).toEqual([6, 4, 5]);
  });

  it('are looked for in the text as it is, or as it is normalized', () => {
    const lowercase = { ...byteLevel, normalizer: { type: 'Lowercase' } };
    const counted = (normalized: boolean) =>
      tokenizerOfJson({ ...lowercase, added_tokens: [special(256, 'END', { normalized })] })
        .encode('end END')
        .filter((id) => id === 256).length;
    expect([counted(false), counted(true)]).toEqual([1, 2]);
  });

  it('are the longest that fit, and thousands cost no more than one', () => {
    const many = Array.from({ length: 5000 }, (_, index) => special(256 + index, `<${index}>`));
    const tokenizer = tokenizerOfJson({ ...byteLevel, added_tokens: [...many, special(6000, '<12>x')] });
    expect(tokenizer.encode('<12><12>x<4999>')).toEqual([268, 6000, 5255]);
  });
});

describe('settings of Python’s own classes', () => {
  const spiece = writeSentencePieceFile({
    pieces: [
      { piece: '<unk>', score: 0, kind: 2 },
      { piece: '<s>', score: 0, kind: 3 },
      { piece: '</s>', score: 0, kind: 3 },
      { piece: '▁a', score: -1 },
      { piece: '▁', score: -2 },
      { piece: 'a', score: -3 },
    ],
  });

  it('put a beginning and an end around Llama’s texts', () => {
    const read = (settings: object) =>
      llamaTokenizer(spiece, new TokenSettings(settings)).tokenize('a', { pair: 'a' }).tokens;
    expect(read({})).toEqual(['<s>', '▁a', '<s>', '▁a']);
    expect(read({ add_eos_token: true })).toEqual(['<s>', '▁a', '</s>', '<s>', '▁a', '</s>']);
    expect(read({ add_bos_token: false })).toEqual(['▁a', '▁a']);
    expect(read({ legacy: false, add_prefix_space: false })).toEqual(['<s>', 'a', '<s>', 'a']);
  });

  it('say what becomes of accents', () => {
    const read = (settings: object) =>
      bertTokenizer('[UNK]\nete\nété\nEte\nÉté', new TokenSettings(settings)).tokenize('Été', { specialTokens: false })
        .tokens;
    expect(read({})).toEqual(['ete']);
    expect(read({ strip_accents: false })).toEqual(['été']);
    expect(read({ do_lower_case: false })).toEqual(['Été']);
    expect(read({ do_lower_case: false, strip_accents: true })).toEqual(['Ete']);
  });
});

describe('two texts that are both too long', () => {
  const options = { pair: 'w10 w11', truncation: { maxLength: 6 } };

  it('share the room as in the Rust library with tokenizer.json, the odd token to the second', () => {
    const tokenizer = tokenizerOfJson(bert);
    expect(tokenizer.tokenize('w0 w1', options).tokens).toEqual(['[CLS]', 'w0', '[SEP]', 'w10', 'w11', '[SEP]']);
    const first = tokenizer.tokenize('w0 w1 w0', { pair: 'w10 w11', truncation: { maxLength: 6 } });
    expect(first.tokens).toEqual(['[CLS]', 'w0', 'w1', '[SEP]', 'w10', '[SEP]']);
    const short = tokenizer.tokenize('w0', { pair: 'w10 w11 w10 w11', truncation: { maxLength: 6 } });
    expect(short.tokens).toEqual(['[CLS]', 'w0', '[SEP]', 'w10', 'w11', '[SEP]']);
    expect(tokenizer.tokenize('w0', { pair: 'w1', truncation: { maxLength: 3 } }).tokens).toEqual([
      '[CLS]',
      '[SEP]',
      '[SEP]',
    ]);
    expect(() => tokenizer.tokenize('w0', { pair: 'w1', truncation: { maxLength: 2 } })).toThrow(/special tokens only/);
  });

  it('share it token by token as in Python with vocab.txt, the odd token to the first', () => {
    const tokenizer = bertTokenizer(Object.keys(bert.model.vocab).join('\n'));
    expect(tokenizer.tokenize('w0 w1', options).tokens).toEqual(['[CLS]', 'w0', 'w1', '[SEP]', 'w10', '[SEP]']);
  });
});

describe('the class of a tokenizer', () => {
  const vocabulary = '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n';
  const model = writeSentencePieceFile({
    pieces: [
      { piece: '<unk>', score: 0, kind: 2 },
      { piece: '▁a', score: -1 },
    ],
  });
  const bytes = JSON.stringify({ ...byteLevel.model.vocab, '<s>': 256, '</s>': 257 });

  it('is refused by name where it reads the files in another way', async () => {
    const folders = {
      BertJapaneseTokenizer: { 'vocab.txt': vocabulary },
      MPNetTokenizer: { 'vocab.txt': vocabulary },
      BertweetTokenizer: { 'vocab.txt': vocabulary },
      CLIPTokenizer: { 'vocab.json': bytes, 'merges.txt': '' },
      DebertaTokenizer: { 'vocab.json': bytes, 'merges.txt': '' },
      BlenderbotTokenizer: { 'vocab.json': bytes, 'merges.txt': '' },
      AlbertTokenizer: { 'spiece.model': model },
      XLMRobertaTokenizer: { 'tokenizer.model': model },
      M2M100Tokenizer: { 'source.spm': model, 'target.spm': model, 'vocab.json': '{"<unk>": 0}' },
    };
    for (const [name, files] of Object.entries(folders)) {
      const refused = new RegExp(`tokenizer_class: expected .*"${name}".*tokenizer\\.json`);
      await expect(open({ ...files, 'tokenizer_config.json': { tokenizer_class: name } }), name).rejects.toThrow(
        refused,
      );
      await expect(open({ ...files, 'config.json': { tokenizer_class: name } }), name).rejects.toThrow(refused);
      const said = { ...files, 'tokenizer.json': bert, 'tokenizer_config.json': { tokenizer_class: name } };
      expect((await open(said))!.encode('w0'), name).toEqual([7]);
    }
    const settings = new TokenSettings({ tokenizer_class: 'BertJapaneseTokenizer' });
    expect(() => bertTokenizer(vocabulary, settings)).toThrow(/BertJapaneseTokenizer/);
    expect(() => byT5Tokenizer(settings)).toThrow(/BertJapaneseTokenizer/);
    expect(() => new MarianTokenizer({ source: model, target: model, vocabulary: '{}' }, settings)).toThrow(/Japanese/);
  });

  it('may be one that reads them alike', async () => {
    for (const name of ['BertTokenizerFast', 'ElectraTokenizer', 'DistilBertTokenizer']) {
      const tokenizer = await open({ 'vocab.txt': vocabulary, 'tokenizer_config.json': { tokenizer_class: name } });
      expect(tokenizer!.encode('a', { specialTokens: true }), name).toEqual([2, 5, 3]);
    }
    const roberta = { tokenizer_class: 'RobertaTokenizer' };
    const files = { 'vocab.json': bytes, 'merges.txt': '', 'tokenizer_config.json': roberta };
    expect((await open(files))!.encode('a', { specialTokens: true })).toEqual([256, 97, 257]);
  });

  it('may have empty settings of SentencePiece, and no others', async () => {
    for (const name of ['T5Tokenizer', 'MT5Tokenizer', 'LlamaTokenizer', 'BigBirdTokenizer']) {
      const settings = { tokenizer_class: name, sp_model_kwargs: {} };
      const tokenizer = await open({ 'spiece.model': model, 'tokenizer_config.json': settings });
      expect(tokenizer!.encode('a'), name).toEqual([1]);
      const sampling = { ...settings, sp_model_kwargs: { enable_sampling: true } };
      await expect(open({ 'spiece.model': model, 'tokenizer_config.json': sampling }), name).rejects.toThrow(
        /sp_model_kwargs/,
      );
    }
  });
});

describe('tokens that a vocabulary lacks', () => {
  it('are unknown words, by a token that only added_tokens.json has', async () => {
    const tokenizer = await open({
      'vocab.txt': '[PAD]\n[CLS]\n[SEP]\na\n',
      'added_tokens.json': { '<unk>': 4 },
      'special_tokens_map.json': { unk_token: '<unk>' },
    });
    expect(tokenizer!.tokenize('a b').ids).toEqual([1, 3, 4, 2]);
    expect(() => bertTokenizer('a\n', new TokenSettings({ unk_token: '<unk>' }))).toThrow(/a token <unk>/);
  });

  it('are unknown or left out in a byte-level vocabulary, as it has a token for that or not', () => {
    const vocab = JSON.stringify({ a: 0, b: 1, '<|endoftext|>': 2 });
    expect(byteLevelTokenizer(vocab, '').encode('a b')).toEqual([0, 2, 1]);
    expect(byteLevelTokenizer(JSON.stringify({ a: 0, b: 1 }), '').encode('a b')).toEqual([0, 1]);
  });
});

describe('counts in settings', () => {
  const model = writeSentencePieceFile({ pieces: [{ piece: '<unk>', score: 0, kind: 2 }] });

  it('are bounded', () => {
    for (const extra_ids of [300_000, -1, 2.5, Number.NaN, '100', 1e300]) {
      const settings = new TokenSettings({ extra_ids });
      expect(() => byT5Tokenizer(settings), `${extra_ids}`).toThrow(/extra_ids: expected an integer from 0 to 10000/);
      expect(() => t5Tokenizer(model, settings), `${extra_ids}`).toThrow(/extra_ids/);
    }
    expect(byT5Tokenizer(new TokenSettings({ extra_ids: 10_000 })).encode('<extra_id_9999>')).toEqual([259 + 9999]);
  });
});
