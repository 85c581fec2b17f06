import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupEntities } from '@sequitur/bert';
import { trainWordPieceTokenizer } from '@sequitur/text';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTaggedSentences } from '../tagged-sentences.js';
import { readTaggedSets } from '../tagged-sets.js';
import { tagsOfEntities, tagsOfTokens, written } from '../words-of-tokens.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagged-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: string) {
  const file = join(folder, 'some.conll');
  await writeFile(file, content);
  return readTaggedSentences(file);
}

it('come from all sources of a folder, and are evaluated source by source', async () => {
  const sources = join(folder, 'sources');
  await mkdir(sources);
  const write = (name: string, words: string) =>
    writeFile(join(sources, name), words.replaceAll(/(\S+) ?/g, '$1\tB-thing\n\n'));
  await write('news.train.conll', 'a b c d e f g h i j');
  await write('news.test.conll', 'k l');
  await write('mail.train.conll', 'm n o p q r s t u v');
  await write('mail.test.conll', 'w');
  await write('mail.valid.conll', 'x y z');
  const { training, validation, test, tests, tags } = await readTaggedSets(sources, '1');
  expect([training.length, validation.length, test.length]).toEqual([20, 3, 3]);
  expect(tests.map(({ name, sentences }) => [name, sentences.length])).toEqual([
    ['mail.test.conll', 1],
    ['news.test.conll', 2],
  ]);
  expect(tags).toEqual(['O', 'B-thing']);
});

describe('tagged sentences', () => {
  it('are read from two columns or four, in BIO, BILOU and IOBES', async () => {
    const sentences = await read(
      '-DOCSTART- -X- O O\n\nU.N. NNP I-NP U-org\nsays VBZ I-VP O\n\n\nNew\tB-place\nYork\tL-place\n',
    );
    expect(sentences).toEqual([
      { words: ['U.N.', 'says'], tags: ['B-org', 'O'] },
      { words: ['New', 'York'], tags: ['B-place', 'I-place'] },
    ]);
  });

  it.each([
    ['a word alone', 'one\tO\ntwo\n', /some\.conll, line 2: expected a word.*got two alone/],
    ['an unknown tag', 'one\tO\n\ntwo\tplace\n', /some\.conll, line 3.*got the tag place/],
    ['nothing', '\n\n', /expected sentences, got none/],
  ])('are refused with the line: %s', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('keep their tags from words to tokens, to entities of the text, and back to words', async () => {
    const words = ["O'Neil", 'of', 'New', 'York-City', 'Inc.', 'Bob', 'Ann', '🐳', '!'];
    const tags = ['B-person', 'O', 'B-place', 'I-place', 'I-place', 'B-person', 'B-person', 'B-thing', 'O'];
    const tokenizer = await trainWordPieceTokenizer(words.join(' '), { vocabularySize: 60, lowercase: false });
    const sentence = written({ words });
    const encoding = tokenizer.tokenize(sentence.text);
    const perToken = tagsOfTokens(encoding, tags, sentence);
    expect([perToken[0], perToken.at(-1)]).toEqual([null, null]);
    const tagged = encoding.offsets.flatMap((offsets, index) =>
      perToken[index] ? [{ tag: perToken[index], score: 1, offsets }] : [],
    );
    expect(tagsOfEntities(groupEntities(sentence.text, tagged), sentence)).toEqual(tags);
  });
});
