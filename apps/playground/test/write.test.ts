import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import type { SamplingSettings, WrittenToken } from '../src/protocol/write.js';
import { perplexityOf, sharedLength, tintOf } from '../src/rooms/write/branches.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

const greedy: SamplingSettings = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, seed: 1 };
const prompt = 'The Fox and the Well\n\n';
const ref = 'site:stories-gpt';

describe('writing in the worker', () => {
  let engine: Engine;
  let close: () => void;
  beforeAll(() => {
    ({ engine, close } = connect(memoryStore()));
  });
  afterAll(() => close());

  async function write(
    settings: SamplingSettings,
    written: readonly number[] = [],
    maxTokens = 12,
  ): Promise<WrittenToken[]> {
    const tokens: WrittenToken[] = [];
    await engine.call(
      'write.on',
      { ref, prompt, written, settings, maxTokens },
      { onPart: (token) => tokens.push(token) },
    );
    return tokens;
  }

  it('gives each token with what else it could have been', async () => {
    const tokens = await write(greedy);
    expect(tokens).toHaveLength(12);
    for (const { id, text, probability, alternatives, kept, vocabularySize } of tokens) {
      expect(alternatives[0]).toMatchObject({ id, text, probability, drawn: 1 });
      expect(alternatives).toHaveLength(30);
      expect(kept).toBe(1);
      expect(alternatives.reduce((sum, each) => sum + each.probability, 0)).toBeLessThanOrEqual(1 + 1e-6);
      expect(vocabularySize).toBe(2048);
    }
  });

  it('goes on from a token of one’s own as if the model had chosen it', async () => {
    const tokens = await write(greedy);
    const ids = tokens.map(({ id }) => id);
    expect((await write(greedy, ids.slice(0, 5), 7)).map(({ id }) => id)).toEqual(ids.slice(5));
    const preview = await engine.call('write.preview', { ref, prompt, written: ids.slice(0, 5), tokens: 7 });
    expect(preview).toBe(
      tokens
        .slice(5)
        .map(({ text }) => text)
        .join(''),
    );
  });

  it('draws the same again under the same seed, and only what is kept', async () => {
    const settings = { ...greedy, temperature: 1, topK: 3, seed: 5 };
    const [once, again] = [await write(settings), await write(settings)];
    expect(again.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
    for (const { id, alternatives, kept } of once) {
      expect(kept).toBe(3);
      expect(alternatives.slice(0, 3).map((each) => each.id)).toContain(id);
      expect(alternatives.slice(0, 3).reduce((sum, each) => sum + each.drawn, 0)).toBeCloseTo(1, 5);
      expect(alternatives[3]!.drawn).toBe(0);
    }
  });

  it('redraws the next choice under other settings', async () => {
    const next = (settings: SamplingSettings) => engine.call('write.next', { ref, prompt, written: [], settings });
    const [plain, warm] = [await next({ ...greedy, temperature: 1 }), await next({ ...greedy, temperature: 2 })];
    expect(warm.alternatives[0]!.probability).toBe(plain.alternatives[0]!.probability);
    expect(warm.alternatives[0]!.drawn).toBeLessThan(plain.alternatives[0]!.drawn);
    expect(plain.kept).toBe(2048);
  });

  it('tells of a state that grows, and refuses an empty prompt', async () => {
    const { tokens, bytes } = await engine.call('write.memory', { ref });
    expect(bytes).toHaveLength(tokens.length);
    expect(bytes.at(-1)).toBeGreaterThan(bytes[0]!);
    await expect(engine.call('write.preview', { ref, prompt: '', written: [], tokens: 1 })).rejects.toThrow(/prompt/);
  });
});

describe('what the room Write shows', () => {
  const token = (id: number, probability: number) => ({ id, probability }) as WrittenToken;

  it('sums surprise up as perplexity', () => {
    expect(perplexityOf([token(1, 0.5), token(2, 0.5)])).toBeCloseTo(2);
    expect(perplexityOf([])).toBeNull();
    expect(tintOf(1)).toBe(0);
    expect(tintOf(0.01)).toBeGreaterThan(tintOf(0.3));
  });

  it('finds where texts part', () => {
    expect(sharedLength([token(1, 1), token(2, 1)], [token(1, 1), token(3, 1)])).toBe(1);
  });
});
