import { Tokenizer as Library } from '@huggingface/tokenizers';
import { filesSink, filesSource } from '@sequitur/pretrained';
import { beforeAll, describe, expect, it } from 'vitest';
import { mobyDick } from '../src/corpora/books.js';
import {
  openTokenizer,
  saveTokenizer,
  type Tokenizer,
  type TrainingProgress,
  trainByteLevelTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
} from '../src/index.js';

let book: string;
let passages: string[];

beforeAll(async () => {
  book = (await mobyDick()).slice(0, 80_000);
  passages = [
    ...Array.from({ length: 100 }, (_, index) => book.slice(index * 800, index * 800 + 300)),
    '',
    'naïve 日本 🙂 ＡＢ\t\n x',
  ];
});

/** The ids that Hugging Face's own JavaScript library makes of the saved files. */
async function librarys(tokenizer: Tokenizer): Promise<Library> {
  const sink = filesSink();
  await saveTokenizer(tokenizer, sink);
  const [content, settings] = await Promise.all(sink.files.map(async (file) => JSON.parse(await file.text())));
  return new Library(content, settings);
}

async function expectSameIds(tokenizer: Tokenizer): Promise<void> {
  const library = await librarys(tokenizer);
  for (const passage of passages) {
    expect(tokenizer.encode(passage)).toEqual(library.encode(passage, { add_special_tokens: false }).ids);
  }
}

describe('a trained vocabulary', () => {
  it('of byte pairs is read by the library with equal ids, and spells every text', async () => {
    const tokenizer = await trainByteLevelTokenizer(book, { vocabularySize: 1000 });
    expect(tokenizer.vocabularySize).toBe(1000);
    expect(tokenizer.tokenToId('<|endoftext|>')).toBe(0);
    await expectSameIds(tokenizer);
    for (const passage of passages) expect(tokenizer.decode(tokenizer.encode(passage))).toBe(passage);
    expect(tokenizer.encode(book).length).toBeLessThan(book.length / 2.5);
  });

  it('of byte pairs ends every text with the token that is named, and pads with another', async () => {
    const specialTokens = ['</s>', '<unk>', '<pad>'];
    const options = { vocabularySize: 500, specialTokens, endToken: '</s>', paddingToken: '<pad>' };
    const tokenizer = await trainByteLevelTokenizer(book.slice(0, 20_000), options);
    const library = await librarys(tokenizer);
    const ids = tokenizer.encode('the whale', { specialTokens: true });
    expect(ids.at(-1)).toBe(0);
    expect(ids).toEqual(library.encode('the whale').ids);
    expect(tokenizer.tokenizeBatch(['the whale', 'a']).at(1)!.ids.at(-1)).toBe(2);
    expect(tokenizer.decode(ids)).toBe('the whale');
    await expect(trainByteLevelTokenizer(book, { ...options, endToken: '<e>' })).rejects.toThrow(/one of the special/);
  });

  it('of WordPiece is read by the library with equal ids', async () => {
    const tokenizer = await trainWordPieceTokenizer(book, { vocabularySize: 1000 });
    expect(tokenizer.vocabularySize).toBe(1000);
    await expectSameIds(tokenizer);
    expect(tokenizer.tokenize('the', { pair: 'whale' }).tokens).toEqual(['[CLS]', 'the', '[SEP]', 'whale', '[SEP]']);
  });

  it('of unigram pieces is read by the library with equal ids', async () => {
    const tokenizer = await trainUnigramTokenizer(book.slice(0, 40_000), { vocabularySize: 800 });
    expect(tokenizer.vocabularySize).toBe(800);
    await expectSameIds(tokenizer);
    expect(tokenizer.tokenize('the sea').tokens.at(-1)).toBe('</s>');
    expect(tokenizer.decode(tokenizer.encode('the white whale'))).toBe('the white whale');
  });
});

describe('training', () => {
  it('merges the most frequent pair first', async () => {
    // "ab" six times, then "abc": nothing else occurs twice.
    const text = 'abc abc ab ab';
    const tokenizer = await trainByteLevelTokenizer([text, text], {
      vocabularySize: 300,
      specialTokens: [],
      minimumCount: 3,
    });
    const merged = Array.from({ length: tokenizer.vocabularySize - 256 }, (_, index) =>
      tokenizer.idToToken(256 + index),
    );
    expect(merged).toEqual(['ab', 'Ġab', 'Ġabc'].filter((token) => merged.includes(token)));
    expect(merged[0]).toBe('ab');
  });

  it('gives the same vocabulary for the same text, whether it comes at once or as a stream', async () => {
    async function* stream() {
      yield book.slice(0, 20_000);
    }
    const options = { vocabularySize: 400 };
    const [atOnce, streamed] = [
      await trainByteLevelTokenizer(book.slice(0, 20_000), options),
      await trainByteLevelTokenizer(stream(), options),
    ];
    expect(streamed.files()).toEqual(atOnce.files());
  });

  it('shows how far it is and stops when it is told to', async () => {
    const seen: TrainingProgress[] = [];
    const abort = new AbortController();
    const training = trainUnigramTokenizer(book, {
      vocabularySize: 500,
      signal: abort.signal,
      onProgress: (progress) => {
        seen.push(progress);
        if (progress.phase === 'estimating') abort.abort(new Error('enough'));
      },
    });
    await expect(training).rejects.toThrow('enough');
    expect(seen.at(-1)).toMatchObject({ phase: 'estimating', total: expect.any(Number) });
  });

  it('refuses sizes too small and texts without words', async () => {
    await expect(trainByteLevelTokenizer('abc', { vocabularySize: 100 })).rejects.toThrow(/at least 257/);
    await expect(trainWordPieceTokenizer(' ', { vocabularySize: 100 })).rejects.toThrow(/texts with words/);
  });

  it('is opened again from a folder', async () => {
    const tokenizer = await trainUnigramTokenizer(book.slice(0, 30_000), { vocabularySize: 300 });
    const sink = filesSink();
    await saveTokenizer(tokenizer, sink);
    const opened = await openTokenizer(filesSource(sink.files));
    expect(opened!.encode('Call me Ishmael.')).toEqual(tokenizer.encode('Call me Ishmael.'));
  });
});
