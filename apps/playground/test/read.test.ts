import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesSource } from '@sequitur/pretrained';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import { piecesOf } from '../src/rooms/read/pieces.js';
import { cardOf, sectionsOf } from '../src/worker/read/card.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect, modelFolder } from './in-process.js';

async function filesOf(name: string) {
  const names = await readdir(modelFolder(name));
  const files = names.map(async (file) => {
    const bytes = await readFile(join(modelFolder(name), file));
    return { name: `${name}/${file}`, content: new Blob([bytes as BlobPart]) };
  });
  return Promise.all(files);
}

describe('reading in the worker', () => {
  let engine: Engine;
  let close: () => void;
  beforeAll(() => {
    ({ engine, close } = connect(memoryStore()));
  });
  afterAll(() => close());

  it('tells of every model that comes with the site, with the figures of its card', async () => {
    const models = await engine.call('read.models', undefined);
    expect(models.map(({ name }) => name)).toContain('intents');
    for (const { parameters, bytes, measured, examples, card } of models) {
      expect(parameters).toBeGreaterThan(100_000);
      expect(bytes).toBeGreaterThan(parameters);
      expect(measured!.value).toBeGreaterThan(0);
      expect(examples.length).toBeGreaterThan(3);
      expect(card.some(({ title, text }) => title === 'How it was made' && text.length > 100)).toBe(true);
    }
  });

  it('understands a sentence with its own words', async () => {
    const text = 'play some jazz on spotify';
    const answer = await engine.call('read.answer', { name: 'intents', text });
    expect(answer).toMatchObject({ task: 'understand', intent: 'PlayMusic' });
    const spans = answer.task === 'understand' ? answer.spans : [];
    expect(spans.map(({ start, end, label }) => `${label} ${text.slice(start, end)}`)).toEqual([
      'genre jazz',
      'service spotify',
    ]);
  });

  it('says how a word is pronounced, how sure it is, and what each phoneme was read from', async () => {
    const answer = await engine.call('read.answer', { name: 'pronounce', text: 'whale' });
    if (answer.task !== 'translate') throw new Error(`${answer.task} is no translation`);
    const { readings, source, target, weights } = answer;
    expect(source).toEqual([...'whale']);
    expect(readings[0]!.label).toBe('W EY1 L');
    expect(target.map(({ label }) => label)).toEqual(['W', 'EY1', 'L']);
    expect(readings).toHaveLength(4);
    expect(readings.every(({ score }, index) => score <= (readings[index - 1]?.score ?? 1))).toBe(true);
    // The whole is at most as likely as its tokens together: the end is a token too.
    const tokens = target.reduce((product, { score }) => product * score, 1);
    expect(readings[0]!.score).toBeLessThanOrEqual(tokens * 1.0001);
    expect(readings[0]!.score).toBeGreaterThan(tokens * 0.9);
    for (let row = 0; row < 3; row++) {
      const total = weights.slice(row * 5, (row + 1) * 5).reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeGreaterThan(0.5);
      expect(total).toBeLessThanOrEqual(1.0001);
    }
    // The vowel is read from the letters that spell it.
    const vowel = [...weights.slice(5, 10)];
    expect(['a', 'e']).toContain(source[vowel.indexOf(Math.max(...vowel))]);
  });

  it('opens a folder of the reader’s own, keeps it, and removes it', async () => {
    const store = memoryStore();
    const own = connect(store);
    const before = await own.engine.call('read.models', undefined);
    const { name } = await own.engine.call('read.add', { files: await filesOf('pronounce') });
    const listed = (await own.engine.call('read.models', undefined)).find((model) => model.name === name)!;
    expect(listed).toMatchObject({ task: 'translate', isOwn: true, measured: null, title: 'pronounce' });
    const [mine, site] = await Promise.all(
      [name, 'pronounce'].map((which) => own.engine.call('read.answer', { name: which, text: 'tensor' })),
    );
    expect(mine).toEqual(site);
    const { name: second } = await own.engine.call('read.add', { files: await filesOf('intents') });
    const text = 'will it rain tomorrow in boston';
    expect(await own.engine.call('read.answer', { name: second, text })).toEqual(
      await own.engine.call('read.answer', { name: 'intents', text }),
    );
    for (const each of [name, second]) await own.engine.call('read.remove', { name: each });
    expect(await own.engine.call('read.models', undefined)).toEqual(before);
    expect(await store.list('readers')).toEqual([]);
    own.close();
  });

  it('refuses a model that does not read', async () => {
    await expect(engine.call('read.answer', { name: 'stories-gpt', text: 'x' })).rejects.toThrow(
      "no model 'stories-gpt'",
    );
  });

  it('lists models that write among those that can be opened', async () => {
    const listed = await engine.call('models.list', undefined);
    expect(listed).toContainEqual({
      ref: 'site:stories-gpt',
      name: 'Stories, GPT',
      family: 'dense',
      origin: 'comes with the site',
    });
  });
});

describe('what the room Read shows', () => {
  it('cuts a text at its spans', () => {
    const span = { start: 5, end: 9, label: 'genre', score: 1 };
    expect(piecesOf('play jazz now', [span])).toEqual([
      { text: 'play ', span: null },
      { text: 'jazz', span },
      { text: ' now', span: null },
    ]);
    expect(piecesOf('jazz', [{ ...span, start: 2, end: 99 }])).toEqual([{ text: 'jazz', span: null }]);
  });

  it.each([
    ['nothing', null, /no such file/],
    ['half a file', '{"parameters": 1, ', /JSON/],
    ['a list', '[]', /a JSON object/],
    ['thousands of brackets', '['.repeat(5000), /within each other/],
    ['no accuracy', '{"parameters": 1, "minutes": 1}', /accuracy: expected a number/],
    ['words', '{"parameters": "many", "accuracy": 1, "minutes": 1}', /parameters: expected a number, got many/],
  ])('tells what is wrong with figures: %s', async (_what, json, words) => {
    const source = filesSource(json === null ? [] : [new File([json], 'results.json')]);
    await expect(cardOf(source, 'accuracy')).rejects.toMatchObject({
      name: 'SequiturError',
      message: expect.stringMatching(words),
    });
  });

  it('takes the prose of a card, without code, tables and marks', () => {
    const card =
      '# a\n\nintro\n\n## Limits\n\nIt *knows* [seven](x) `intents`.\n\n| a | b |\n\n- item\n\n```ts\n## no\n```\n';
    expect(sectionsOf(card)).toEqual([{ title: 'Limits', text: 'It knows seven intents.' }]);
  });
});
