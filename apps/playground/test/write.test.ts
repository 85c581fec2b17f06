import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import { type BeamTree, type SamplingSettings, usualSampling, type WrittenToken } from '../src/protocol/write.js';
import { memoryStore } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

const greedy: SamplingSettings = { ...usualSampling, temperature: 0, topP: 1, repetitionPenalty: 1, seed: 1 };
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

  it('shows what every setting does to the distribution, and names the one that cuts last', async () => {
    const warm = { ...greedy, temperature: 1 };
    const written = (await write(greedy)).map(({ id }) => id);
    const next = (settings: Partial<SamplingSettings>) =>
      engine.call('write.next', { ref, prompt, written, settings: { ...warm, ...settings } });
    const plain = await next({});
    expect(plain).toMatchObject({ kept: 2048, cutBy: null });
    const cuts: readonly [Partial<SamplingSettings>, string][] = [
      [{ topK: 5 }, 'top-k'],
      [{ topP: 0.5 }, 'top-p'],
      [{ minP: 0.2 }, 'min-p'],
      [{ typical: 0.5 }, 'typical'],
      [{ epsilonCutoff: 0.01 }, 'epsilon'],
      [{ etaCutoff: 0.01 }, 'eta'],
    ];
    for (const [settings, name] of cuts) {
      const { kept, cutBy, alternatives } = await next(settings);
      expect(cutBy).toBe(name);
      expect(kept).toBeLessThan(2048);
      // What the model says stays as it is.
      expect(alternatives[0]!.probability).toBe(plain.alternatives[0]!.probability);
    }
    const repeated = plain.alternatives.find(({ id }) => written.includes(id))!;
    for (const settings of [{ repetitionPenalty: 1.5 }, { presencePenalty: 1 }, { frequencyPenalty: 1 }]) {
      const { alternatives } = await next(settings);
      expect(alternatives.find(({ id }) => id === repeated.id)!.drawn).toBeLessThan(repeated.drawn);
    }
  });

  it('tells of tokens that are given what it tells of those that it wrote', async () => {
    const tokens = await write(greedy);
    const told = await engine.call('write.told', {
      ref,
      prompt,
      written: tokens.map(({ id }) => id),
      settings: greedy,
    });
    expect(told.map(({ id, text }) => ({ id, text }))).toEqual(tokens.map(({ id, text }) => ({ id, text })));
    for (const [index, { probability }] of told.entries())
      expect(probability).toBeCloseTo(tokens[index]!.probability, 4);
  });

  it('shows a beam search step by step: what it finds are paths through it', async () => {
    const { steps, found } = await engine.call('write.beams', {
      ref,
      prompt,
      written: [],
      beams: 3,
      tokens: 5,
      lengthPenalty: 1,
    });
    expect(steps.map((step) => step.length)).toEqual([3, 3, 3, 3, 3]);
    for (const { ids, score, text } of found) {
      let index = steps
        .at(-1)!
        .findIndex((node, at) => pathTo(steps, 4, at).join() === ids.join() && node.id === ids.at(-1));
      expect(index).toBeGreaterThanOrEqual(0);
      // The score of the package, from the numbers that are shown.
      expect(steps[4]![index]!.total / 5).toBeCloseTo(score, 4);
      const words = [];
      for (let step = 4; step >= 0; step--) {
        words.unshift(steps[step]![index]!.text);
        index = steps[step]![index]!.parent;
      }
      expect(words.join('')).toBe(text);
    }
    const alone = await engine.call('write.beams', { ref, prompt, written: [], beams: 1, tokens: 5, lengthPenalty: 1 });
    expect(alone.found[0]!.ids).toEqual((await write(greedy, [], 5)).map(({ id }) => id));
  });

  it('chats by the template of a folder, and says where there is none', async () => {
    expect((await engine.call('write.about', { ref })).hasChat).toBe(false);
    const messages = [{ role: 'user' as const, content: 'A fox?' }];
    await expect(engine.call('write.preview', { ref, prompt: '', messages, written: [], tokens: 1 })).rejects.toThrow(
      /chat template/,
    );
    const folder = new URL('../../../packages/models/folders/stories-gpt/', import.meta.url);
    const files = await Promise.all(
      ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'].map(async (name) => {
        return { name, content: new Blob([await readFile(new URL(name, folder))]) };
      }),
    );
    const template = '{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:';
    const chatty = await engine.call('models.add', {
      files: [...files, { name: 'chat_template.jinja', content: new Blob([template]) }],
    });
    expect((await engine.call('write.about', { ref: chatty.ref })).hasChat).toBe(true);
    const asked = { written: [], tokens: 8 };
    const answer = await engine.call('write.preview', { ref: chatty.ref, prompt: '', messages, ...asked });
    expect(answer).toBe(await engine.call('write.preview', { ref, prompt: 'user: A fox?\nassistant:', ...asked }));
  });

  it('tells of a state that grows, and refuses an empty prompt', async () => {
    const { tokens, bytes } = await engine.call('write.about', { ref });
    expect(bytes).toHaveLength(tokens.length);
    expect(bytes.at(-1)).toBeGreaterThan(bytes[0]!);
    await expect(engine.call('write.preview', { ref, prompt: '', written: [], tokens: 1 })).rejects.toThrow(/prompt/);
  });
});

/** The tokens from the first step to a beam. */
function pathTo(steps: BeamTree['steps'], step: number, index: number): number[] {
  const { id, parent } = steps[step]![index]!;
  return step === 0 ? [id] : [...pathTo(steps, step - 1, parent), id];
}
