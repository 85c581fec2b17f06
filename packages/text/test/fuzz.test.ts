import { expectHonest, fuzzRuns } from '@sequitur/laws';
import { filesSink, filesSource } from '@sequitur/pretrained';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  openTokenizer,
  saveTokenizer,
  trainByteLevelTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
} from '../src/index.js';
import { type Damage, damage, damaged } from './damage.js';
import { writeSentencePieceFile } from './sentence-piece-file.js';

type Files = Readonly<Record<string, unknown>>;

const TEXT = ' The whale, 日本 é\u0301 <s>[CLS] 😀\ud800\n\t_x  ';
const RUNS = { seed: 5, endOnFailure: true };

/** Opens a folder, and does with its tokenizer what users do. */
async function use(files: Files): Promise<void> {
  const encoder = new TextEncoder();
  const contents = Object.entries(files).map(([name, content]) => {
    const isPlain = content instanceof Uint8Array || typeof content === 'string';
    const bytes =
      content instanceof Uint8Array ? content : encoder.encode(isPlain ? String(content) : JSON.stringify(content));
    return new File([bytes as Uint8Array<ArrayBuffer>], name);
  });
  const tokenizer = await openTokenizer(filesSource(contents));
  if (!tokenizer) return;
  const { ids } = tokenizer.tokenize(TEXT, { pair: 'the sea', truncation: { maxLength: 12 } });
  tokenizer.decode([...ids, 0, 1, 2, 5, tokenizer.vocabularySize, -1]);
  tokenizer.encode('');
  await saveTokenizer(tokenizer, filesSink());
}

describe('whatever a folder holds, its tokenizer is read or refused', () => {
  const trained: Files[] = [];
  beforeAll(async () => {
    const text = 'the whale and the sea, the ship and the whale';
    for (const tokenizer of [
      await trainByteLevelTokenizer(text, { vocabularySize: 260 }),
      await trainWordPieceTokenizer(text, { vocabularySize: 40 }),
      await trainUnigramTokenizer(text, { vocabularySize: 30 }),
    ]) {
      trained.push(tokenizer.files());
    }
  });

  /** Every part of `tokenizer.json` that is known. */
  const everyPart = {
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
        ...[
          { type: 'Prepend', prepend: '▁' },
          { type: 'Strip', strip_left: true, strip_right: true },
          { type: 'NFKC' },
        ],
        ...[{ type: 'Nmt' }, { type: 'StripAccents' }],
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: '\\p{N}{1,3}' }, behavior: 'Isolated', invert: false },
        ...[
          { type: 'Digits', individual_digits: true },
          { type: 'Punctuation', behavior: 'Contiguous' },
        ],
        { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
      ],
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        ...[{ type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }],
      ],
    },
    added_tokens: [
      { id: 0, content: '<unk>', special: true },
      { id: 1, content: '<s>', special: true, lstrip: true, rstrip: true, single_word: false, normalized: false },
      { id: 9, content: 'sea', special: false, single_word: true, normalized: true },
    ],
    model: {
      type: 'BPE',
      vocab: { '<unk>': 0, '<s>': 1, a: 2, b: 3, ab: 4 },
      merges: [['a', 'b']],
      unk_token: '<unk>',
    },
  };
  const settings = {
    ...{ tokenizer_class: 'LlamaTokenizer', bos_token: '<s>', unk_token: { content: '<unk>', lstrip: false } },
    ...{ pad_token: null, add_bos_token: true, add_eos_token: false, padding_side: 'left', truncation_side: 'right' },
    ...{ additional_special_tokens: ['<a>'], added_tokens_decoder: { 7: { content: '<b>', special: true } } },
    ...{ clean_up_tokenization_spaces: true, do_lower_case: true, extra_ids: 3, legacy: false, sp_model_kwargs: {} },
  };
  const spiece = writeSentencePieceFile({
    byteFallback: true,
    pieces: [
      { piece: '<unk>', score: 0, kind: 2 },
      { piece: '<s>', score: 0, kind: 3 },
      ...['▁the', '▁', 't', 'h', 'e', 'sea'].map((piece, id) => ({ piece, score: -id })),
      { piece: '[x]', score: 0, kind: 4 },
      { piece: '<0x41>', score: 0, kind: 6 },
    ],
  });

  const folders: Readonly<Record<string, (changes: Damage) => Files>> = {
    'tokenizer.json that was trained': (changes) => {
      const files = trained[changes.length % trained.length]!;
      return { ...files, 'tokenizer.json': damaged(files['tokenizer.json'], changes) };
    },
    'tokenizer.json of every part': (changes) => ({ 'tokenizer.json': damaged(everyPart, changes) }),
    'tokenizer_config.json beside it': (changes) => ({
      'tokenizer.json': everyPart,
      'tokenizer_config.json': damaged(settings, changes),
    }),
    'tokenizer_config.json beside a SentencePiece model': (changes) => ({
      'spiece.model': spiece,
      'tokenizer_config.json': damaged(
        { ...settings, tokenizer_class: ['T5Tokenizer', 'LlamaTokenizer', 'BigBirdTokenizer'][changes.length % 3] },
        changes,
      ),
    }),
    'tokenizer_config.json alone': (changes) => ({
      'tokenizer_config.json': damaged({ ...settings, tokenizer_class: 'ByT5Tokenizer' }, changes),
    }),
    'special_tokens_map.json and added_tokens.json': (changes) => ({
      'vocab.txt': '[UNK]\n[CLS]\n[SEP]\nthe\n',
      'special_tokens_map.json': damaged({ unk_token: '[UNK]', pad_token: { content: '[PAD]' } }, changes.slice(1)),
      'added_tokens.json': damaged({ '[PAD]': 4, '[MASK]': 5 }, changes),
    }),
    'vocab.json': (changes) => ({
      'vocab.json': damaged({ t: 0, h: 1, th: 2, Ġ: 3, '<|endoftext|>': 4 }, changes),
      'merges.txt': '#version: 0.2\nt h\n',
    }),
  };

  for (const [name, folder] of Object.entries(folders)) {
    it(`a damaged ${name}`, { timeout: 600_000 }, async () => {
      const outcomes = [0, 0];
      await fc.assert(
        fc.asyncProperty(damage, async (changes) => {
          outcomes[(await expectHonest(() => use(folder(changes)))) ? 1 : 0]!++;
        }),
        { ...RUNS, numRuns: fuzzRuns(150) },
      );
      // Neither everything nor nothing is refused: the damage is of the right size.
      expect(Math.min(...outcomes)).toBeGreaterThan(0);
    });
  }

  it('bytes of a SentencePiece model', { timeout: 600_000 }, async () => {
    const edits = fc.array(fc.tuple(fc.nat(spiece.length - 1), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(spiece.length), fc.boolean(), async (changes, length, isCut) => {
        const bytes = spiece.slice(0, isCut ? length : spiece.length);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        await expectHonest(() => use({ 'spiece.model': bytes }));
      }),
      { ...RUNS, numRuns: fuzzRuns(300) },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expectHonest(() => use({ 'spiece.model': bytes }));
      }),
      { ...RUNS, numRuns: fuzzRuns(200) },
    );
  });

  it('any text in a file of text', { timeout: 600_000 }, async () => {
    const line = fc.oneof(
      fc.constantFrom('a b', 'a', 'the', '', 'a b c', '#version', '{"a": 0}'),
      fc.string({ unit: 'binary' }),
    );
    const texts = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await expectHonest(() => use({ 'vocab.txt': `[UNK]\n${text}` }));
        await expectHonest(() => use({ 'vocab.txt': text }));
        await expectHonest(() => use({ 'vocab.json': '{"a": 0, "b": 1, "ab": 2}', 'merges.txt': text }));
        await expectHonest(() => use({ 'vocab.json': text, 'merges.txt': '' }));
        for (const name of ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'])
          await expectHonest(() => use({ 'vocab.txt': '[UNK]\na', [name]: text }));
        await expectHonest(() => use({ 'vocab.txt': '[UNK]\na', 'chat_template.jinja': text }));
      }),
      { ...RUNS, numRuns: fuzzRuns(60) },
    );
  });

  it('thousands of brackets within each other, in any file', async () => {
    const names = [
      'tokenizer.json',
      'tokenizer_config.json',
      'special_tokens_map.json',
      'added_tokens.json',
      'vocab.json',
      'config.json',
    ];
    const nestings = [
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
      `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
      `{"bos_token": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
      `{"model": ${'{"type":'.repeat(5000)}1${'}'.repeat(5000)}}`,
      '['.repeat(200_000),
    ];
    for (const name of names) {
      for (const content of nestings) {
        const files = { 'vocab.json': '{"a": 0}', 'merges.txt': '', [name]: content };
        expect(await expectHonest(() => use(files)), `${name} ${content.slice(0, 20)}`).toBe(false);
      }
    }
    const sequence = (depth: number): object => {
      let part: object = { type: 'NFC' };
      for (let level = 0; level < depth; level++) part = { type: 'Sequence', normalizers: [part] };
      return part;
    };
    expect(await expectHonest(() => use({ 'tokenizer.json': { ...everyPart, normalizer: sequence(40) } }))).toBe(false);
    expect(await expectHonest(() => use({ 'tokenizer.json': { ...everyPart, normalizer: sequence(3) } }))).toBe(true);
  });
});
