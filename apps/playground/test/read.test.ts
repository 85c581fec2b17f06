import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import { piecesOf } from '../src/rooms/read/pieces.js';
import { sectionsOf } from '../src/worker/read/card.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

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
    for (const { parameters, bytes, measured, tries, card } of models) {
      expect(parameters).toBeGreaterThan(100_000);
      expect(bytes).toBeGreaterThan(parameters);
      expect(measured.value).toBeGreaterThan(0);
      expect(tries.length).toBeGreaterThan(3);
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

  it('takes the prose of a card, without code, tables and marks', () => {
    const card =
      '# a\n\nintro\n\n## Limits\n\nIt *knows* [seven](x) `intents`.\n\n| a | b |\n\n- item\n\n```ts\n## no\n```\n';
    expect(sectionsOf(card)).toEqual([{ title: 'Limits', text: 'It knows seven intents.' }]);
  });
});
