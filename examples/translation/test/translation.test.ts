import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openBackend, parametersOf } from '@sequitur/core';
import type { RecipeOptions } from '@sequitur/recipe';
import { SequenceToSequence, translate } from '@sequitur/transformer';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Corpus } from '../corpus.js';
import { parallelCorpus } from '../parallel-corpus.js';
import { phonemeCorpus, phonemeScores } from '../phonemes.js';
import { trainTranslator } from '../translation.js';

let folder: string;
beforeEach(async () => {
  await openBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-translation-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Words of three letters, each with one sound. */
function spelledWords(): Corpus {
  const sounds = { a: 'AA1', b: 'B', d: 'D', e: 'EH1', k: 'K', o: 'OW1', s: 'S' };
  const letters = Object.keys(sounds) as (keyof typeof sounds)[];
  const words = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => [a, b, c] as const)));
  const corpus = phonemeCorpus(
    Object.fromEntries(words.map((word) => [word.join(''), word.map((each) => sounds[each]).join(' ')])),
  );
  const model = { ...corpus.settings.model, width: 32, depth: 1, heads: 2, dropout: 0, contextLength: 8 };
  return { ...corpus, settings: { ...corpus.settings, model, batchSize: 32, peak: 1e-2 } };
}

const inFolder = (
  name: string,
  steps: number,
  options: Partial<RecipeOptions<string>> = {},
): RecipeOptions<string> => ({
  ...{ folder: join(folder, name), limit: { steps }, seed: '1', resume: false, data: [], extra: {} },
  ...{ backend: 'wasm', ...options },
});

it('learns to pronounce held-out words, and is saved as a translator', async () => {
  const { scores, validationLoss } = await trainTranslator(spelledWords(), inFolder('whole', 120));
  expect(validationLoss).toBeLessThan(0.5); // chance level is 1.4 nats: one of eight tokens, and an end after three
  expect(scores['phoneme error']).toBeLessThan(0.1);
  const model = await SequenceToSequence.fromPretrained(join(folder, 'whole'));
  expect(await translate(model, ['kab', 'SOD'])).toEqual(['K AA1 B', 'S OW1 D']);
  const words = ['kabas', 'a', 'bo', 'sodabe', 'ok'];
  expect(await translate(model, words, { batchSize: 2 })).toEqual(await translate(model, words));
  await model.savePretrained(join(folder, 'again'));
  model.dispose();
  const [saved, written] = await Promise.all(['whole', 'again'].map((run) => readModel(join(folder, run))));
  expect(written).toEqual(saved);
});

/** The files of a saved model. */
async function readModel(run: string) {
  const json = async (name: string) => JSON.parse(await readFile(join(run, name), 'utf8'));
  const weights = createHash('sha256').update(await readFile(join(run, 'model.safetensors')));
  const [config, tokenizer] = [await json('config.json'), await json('tokenizer.json')];
  return { config, tokenizer, settings: await json('tokenizer_config.json'), weights: weights.digest('hex') };
}

it('resumes after an interruption to the same weights', async () => {
  const weights: Float32Array[][] = [];
  const controller = new AbortController();
  await trainTranslator(spelledWords(), inFolder('whole', 12));
  const interrupt = {
    signal: controller.signal,
    onStep: ({ step }: { step: number }) => step === 7 && controller.abort(),
  };
  const { interrupted } = await trainTranslator(spelledWords(), inFolder('broken', 12, interrupt));
  expect(interrupted).toBe(true);
  await trainTranslator(spelledWords(), inFolder('broken', 12, { resume: true }));
  for (const name of ['whole', 'broken']) {
    const model = await SequenceToSequence.fromPretrained(join(folder, name));
    weights.push(await Promise.all([...parametersOf(model).values()].map((parameter) => parameter.read())));
    model.dispose();
  }
  expect(weights[1]).toEqual(weights[0]);
});

it('reads parallel corpora in four formats, and names errors in them', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => [`number ${index}`, `Nummer ${index}`] as const);
  const write = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);
  const side = (index: 0 | 1) => lines.map((line) => line[index]).join('\n');
  await write('table.tsv', lines.map((line) => line.join('\t')).join('\n'));
  for (const split of ['train', 'val', 'test_2016']) {
    await write(`${split}.en`, side(0));
    await write(`${split}.de`, side(1));
  }
  const read = (...names: string[]) =>
    parallelCorpus({ data: names.map((name) => join(folder, name)), from: 'en', to: 'de', vocabularySize: 300 });
  const table = await read('table.tsv');
  const files = await read('train.en', 'train.de');
  expect(files.splits).toEqual(table.splits);
  expect(Object.values(files.splits).flat()).toHaveLength(200);
  expect((await read('.')).splits.test[5]).toEqual({ source: 'number 5', targets: ['Nummer 5'] });
  const { source, target } = table.encode('number 7', 'Nummer 7');
  expect(table.tokenizer.decode(source)).toBe('number 7');
  expect(target.at(-1)).toBe(table.tokenizer.tokenToId('</s>'));
  const perfect = table.score(['Nummer 1 ist da'], [{ source: '', targets: ['Nummer 1 ist da'] }]);
  expect(perfect.BLEU).toBeCloseTo(100, 6);

  await mkdir(join(folder, 'tables'));
  await write('tables/train.tsv.gz', gzipSync(lines.map((line) => line.join('\t')).join('\n')));
  await write('tables/valid.tsv', 'one\teins\none\teine\ntwo\tzwei\n');
  await write('tables/test.tsv', 'three\tdrei\n');
  const { splits } = await read('tables');
  expect(splits.training).toHaveLength(200);
  expect(splits.validation).toEqual([
    { source: 'one', targets: ['eins', 'eine'] },
    { source: 'two', targets: ['zwei'] },
  ]);

  await write('short.de', 'eins');
  await write('bad.tsv', 'one\teins\ntwo\n');
  await expect(read('train.en', 'short.de')).rejects.toThrow(/as many lines, got 200 and 1/);
  await expect(read('bad.tsv')).rejects.toThrow(/bad.tsv, line 2: expected two texts with a tab/);
  await expect(read('nowhere.tsv')).rejects.toThrow(/none with this name/);
  await rm(join(folder, 'val.de'));
  await expect(read('.')).rejects.toThrow(/a file val\*\.de/);
});

it('counts the nearest of several pronunciations', () => {
  const words = { read: 'R IY1 D', 'read(2)': 'R EH1 D # past', cat: 'K AE1 T' };
  const examples = Object.values(phonemeCorpus(words).splits).flat();
  expect(examples).toContainEqual({ source: 'read', targets: ['R IY1 D', 'R EH1 D'] });
  const scores = phonemeScores(
    ['R EH1 D', 'K AE0'],
    [examples.find(({ source }) => source === 'read')!, { source: 'cat', targets: ['K AE1 T'] }],
  );
  expect(scores['phoneme error']).toBeCloseTo(2 / 6, 6);
  expect(scores['phoneme error without stress']).toBeCloseTo(1 / 6, 6);
  expect(scores['word error']).toBe(0.5);
  expect(() => phonemeCorpus({ cat: ' ' })).toThrow(/cat.*a word and its phonemes/);
});
