import { openBackend, Random } from '@sequitur/core';
import { ScriptedModel } from '@sequitur/laws';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  byT5Tokenizer,
  byteTokenizer,
  completeText,
  llamaTokenizer,
  sentencePieceTokenizer,
  type Tokenizer,
  TokenSettings,
  t5Tokenizer,
  textPieces,
  tokenizerOfJson,
} from '../src/index.js';
import { writeSentencePieceFile } from './sentence-piece-file.js';

const byte = (value: number) => `<0x${value.toString(16).toUpperCase().padStart(2, '0')}>`;
const control = [
  { piece: '<unk>', score: 0, kind: 2 },
  { piece: '<s>', score: 0, kind: 3 },
  { piece: '</s>', score: 0, kind: 3 },
];
const words = ['▁Once', '▁upon', '▁a', '▁time', '▁dog', 's', '▁'].map((piece, id) => ({ piece, score: -id }));
const bytes = [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80].map((each) => ({ piece: byte(each), score: 0, kind: 6 }));
const spiece = writeSentencePieceFile({ pieces: [...control, ...words, ...bytes], byteFallback: true });
const ofJson = (tokens: readonly string[], decoder: object, settings: object = {}) =>
  tokenizerOfJson(
    {
      added_tokens: [],
      decoder,
      model: { type: 'BPE', vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges: [] },
    },
    new TokenSettings(settings),
  );
const fuse = { type: 'Fuse' };
const cleaning = ofJson(
  ['do', ' n', "'t", "'", ' ', 't', 'n', ' .', '.', "' ", 've', ' v', 'e', ' do', "n'", ',', "'m", '\ufffd'],
  fuse,
  { clean_up_tokenization_spaces: true },
);
const fallback = ofJson(['▁a', 'b', ...[0xc3, 0xa9, 0xe6, 0x97, 0xa5].map(byte)], {
  type: 'Sequence',
  decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, fuse],
});
const metaspace = ofJson(['▁a', 'b', '▁', '▁▁c'], { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' });
const wordPiece = ofJson(['do', '##n', "'", 't', '.', '##s'], { type: 'WordPiece', prefix: '##', cleanup: true });

/** Every way to decode. */
const tokenizers: Readonly<Record<string, Tokenizer>> = {
  ...{ cleaning, fallback, metaspace, wordPiece },
  suffixes: ofJson(['do</w>', 'n', 't</w>'], { type: 'BPEDecoder', suffix: '</w>' }),
  bytes: byteTokenizer(),
  ByT5: byT5Tokenizer(new TokenSettings({ extra_ids: 3 })),
  SentencePiece: sentencePieceTokenizer(spiece),
  Llama: llamaTokenizer(spiece, new TokenSettings({ legacy: false })),
  T5: t5Tokenizer(spiece, new TokenSettings({ extra_ids: 2, legacy: true })),
};

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = [];
  for await (const piece of pieces) list.push(piece);
  return list;
}

describe('pieces of text', () => {
  it('joined are what decode makes of all tokens, with every tokenizer', async () => {
    const random = Random.fromSeed(7);
    for (const [name, tokenizer] of Object.entries(tokenizers)) {
      for (let trial = 0; trial < 300; trial++) {
        const draw = (most: number) =>
          Array.from({ length: random.integer(most) }, () => random.integer(tokenizer.vocabularySize));
        const [after, tokens] = [trial % 2 ? draw(4) : [], draw(12)];
        const pieces = await collect(textPieces(each(tokens), tokenizer, { after }));
        expect(pieces.join(''), `${name}: ${after} then ${tokens}`).toBe(tokenizer.decode(tokens, { after }));
        expect(pieces, name).not.toContain('');
      }
    }
  });

  it('take spaces before punctuation back before they are shown', async () => {
    const ids = ['do', ' n', "'t", ' .'].map((token) => cleaning.tokenToId(token)!);
    expect((await collect(textPieces(each(ids), cleaning))).join('')).toBe("don't.");
    const halves = ['do', ' n', ' ', "'", ' ', 't'].map((token) => cleaning.tokenToId(token)!);
    expect((await collect(textPieces(each(halves), cleaning))).join('')).toBe(cleaning.decode(halves));
  });

  it('show a character that is spread over tokens once, when it is whole', async () => {
    const tokens = byteTokenizer().encode('é日!');
    expect(await collect(textPieces(each(tokens), byteTokenizer()))).toEqual(['é', '日', '!']);
    expect(await collect(textPieces(each(tokens.slice(0, 4)), byteTokenizer()))).toEqual(['é', '\ufffd']);
  });

  it('leave out the tokens that end a text', async () => {
    expect(await collect(textPieces(each([104, 105, 33, 104]), byteTokenizer(), { endTokens: [33] }))).toEqual([
      'h',
      'i',
    ]);
  });
});

describe('decoding after other tokens', () => {
  it('keeps the space that a word begins with', () => {
    for (const name of ['SentencePiece', 'Llama', 'T5']) {
      const tokenizer = tokenizers[name]!;
      const prompt = tokenizer.encode('Once upon', { specialTokens: name === 'Llama' });
      const rest = ['▁a', '▁time'].map((token) => tokenizer.tokenToId(token)!);
      expect(tokenizer.decode(rest, { after: prompt }), name).toBe(' a time');
      expect(tokenizer.decode(rest), name).toBe('a time');
    }
    expect(metaspace.decode([0, 1], { after: [0] })).toBe(' ab');
    expect(wordPiece.decode([1, 2], { after: [0] })).toBe("n '");
  });
});

describe('a completion', () => {
  beforeAll(() => openBackend('cpu'));
  const llama = tokenizers.Llama!;
  const prompt = llama.encode('Once upon', { specialTokens: true });
  const says = (tokenizer: Tokenizer, tokens: readonly string[]) =>
    new ScriptedModel({
      vocabularySize: tokenizer.vocabularySize,
      next: (read) => tokenizer.tokenToId(tokens[read - prompt.length] ?? '</s>')!,
    });
  const complete = async (tokens: readonly string[], options: object = {}) => {
    const writer = { model: says(llama, tokens), tokenizer: llama, endTokens: [llama.tokenToId('</s>')!] };
    return (await collect(completeText(writer, 'Once upon', { maxTokens: 9, ...options }))).join('');
  };

  it('goes on from the text of its prompt', async () => {
    expect(await complete(['▁a', '▁time'])).toBe(' a time');
    expect(await complete(['s', '▁a'])).toBe('s a');
  });

  it('ends with a string, or one of several, as soon as it is there', async () => {
    expect(await complete(['▁dog', 's', '▁a'], { stop: ' dog' })).toBe(' dog');
    expect(await complete(['▁a', '▁dog', 's'], { stop: ['time', ' dog'] })).toBe(' a dog');
    expect(await complete(['▁a', '▁time'], { stop: [] })).toBe(' a time');
    for (const stop of ['', ['a', ''], 5, { strings: ['a'], decode: String }]) {
      await expect(complete(['▁a'], { stop }), JSON.stringify(stop)).rejects.toThrow(/complete, stop/);
    }
  });

  it('refuses messages of a conversation', async () => {
    const writer = { model: says(llama, []), tokenizer: llama, endTokens: [] };
    const messages = [{ role: 'user', content: 'hi' }] as never;
    await expect(collect(completeText(writer, messages))).rejects.toThrow(/complete, prompt: expected a string.*chat/);
  });
});
