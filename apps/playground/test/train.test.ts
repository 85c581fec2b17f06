import { openBackend } from '@sequitur/core';
import { generateSequences } from '@sequitur/generation';
import { LanguageModel } from '@sequitur/transformer';
import { unzipSync } from 'fflate';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { presets, specOf } from '../src/architectures/index.js';
import type { Engine } from '../src/protocol/index.js';
import type { ModelSpec, Recipe } from '../src/protocol/recipe.js';
import type { Run } from '../src/protocol/train.js';
import { memoryStore, type Store } from '../src/worker/storage/store.js';
import { modelOfRun } from '../src/worker/train/folder.js';
import { parts } from '../src/worker/train/parts.js';
import { Record } from '../src/worker/train/record.js';
import { Texts } from '../src/worker/train/texts.js';
import { connect, TEXT } from './in-process.js';

const recipe: Recipe = {
  data: { kind: 'text', text: 'any', tokens: 'characters' },
  budget: { unit: 'steps', amount: 12 },
  ...{ batchSize: 2, length: 16, optimizer: 'adamw', learningRate: 1e-2, schedule: 'cosine', seed: 1 },
};
const small = (name: string): ModelSpec => {
  const spec = specOf(presets.find((preset) => preset.name === name)!, 16);
  return { ...spec, blocks: spec.blocks.slice(0, 3) };
};

async function greedy(model: LanguageModel): Promise<string> {
  const [texts] = await generateSequences(model, [model.tokenizer!.encode('Call me')], { maxTokens: 40 });
  return model.tokenizer!.decode(texts![0]!.tokens);
}

describe('training in the worker', () => {
  const lines: { close: () => void }[] = [];
  beforeAll(() => openBackend(['wasm', 'cpu']));
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });

  function open(store: Store): Engine {
    const line = connect(store);
    lines.push(line);
    return line.engine;
  }

  const runOf = async (engine: Engine, id: string) =>
    (await engine.call('train.list', undefined)).find((run) => run.id === id)!;

  /** Resolves with the run when it stands still. */
  function ended(engine: Engine, id: string): Promise<Run> {
    return new Promise((resolve, reject) => {
      const stop = engine.on('train.progress', ({ id: told, info }) => {
        if (told !== id || info.status === 'running') return;
        stop();
        runOf(engine, id).then(resolve, reject);
      });
    });
  }

  /** Resolves when a run has made so many steps. */
  function reached(engine: Engine, id: string, step: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = engine.on('train.progress', ({ id: told, info }) => {
        if (told !== id || info.step < step) return;
        stop();
        resolve();
      });
    });
  }

  it('lets a GPT and a hybrid take turns, and keeps both', async () => {
    const engine = open(memoryStore());
    const order: string[] = [];
    engine.on('train.progress', ({ info }) => order.push(info.spec.name));
    const [gpt, hybrid] = await Promise.all(
      ['GPT', 'Attention + Mamba'].map((name) => engine.call('train.start', { spec: small(name), recipe })),
    );
    const done = await Promise.all([ended(engine, gpt!.id), ended(engine, hybrid!.id)]);
    for (const { curve, status, step, savedStep, samples, cost, bytes } of done) {
      expect({ status, step, savedStep }).toEqual({ status: 'done', step: 12, savedStep: 12 });
      expect(curve.loss).toHaveLength(12);
      expect(curve.loss.at(-1)!).toBeLessThan(curve.loss[0]!);
      expect(curve.seconds.every((second, index) => second > (curve.seconds[index - 1] ?? 0))).toBe(true);
      expect(curve.validation.at(-1)!.step).toBe(12);
      expect(samples.map((sample) => sample.step)).toEqual([1, 4, 12]);
      expect(samples.every(({ text }) => text.length > 0)).toBe(true);
      expect(bytes).toBeGreaterThan(12 * cost.parameters);
    }
    expect(new Set(order).size).toBe(2);
  });

  it('goes on after a pause and a reload with the loss that it would have had', async () => {
    const spec = small('Attention + Mamba');
    const whole = open(memoryStore());
    const expected = await ended(whole, (await whole.call('train.start', { spec, recipe })).id);

    const store = memoryStore();
    const before = open(store);
    const { id } = await before.call('train.start', { spec, recipe });
    await reached(before, id, 1);
    await before.call('train.pause', { id });
    const paused = await runOf(before, id);
    expect(paused.status).toBe('paused');
    expect(paused.step).toBeLessThan(12);
    expect(paused.savedStep).toBe(paused.step);

    const after = open(store);
    expect((await runOf(after, id)).curve.loss).toEqual(expected.curve.loss.slice(0, paused.step));
    await after.call('train.resume', { id });
    expect((await ended(after, id)).curve.loss).toEqual(expected.curve.loss);
  });

  it('shows a run that was running when the page closed as it stood at its last checkpoint', async () => {
    const store = memoryStore();
    const before = open(store);
    const long = { ...recipe, budget: { unit: 'steps', amount: 1200 } as const };
    const { id } = await before.call('train.start', { spec: small('GPT'), recipe: long });
    await reached(before, id, 101);
    const frozen = memoryStore();
    for (const path of await store.list('runs')) await frozen.put(path, await store.get(path));
    await before.call('train.stop', { id });

    const run = await runOf(open(frozen), id);
    expect(run.status).toBe('paused');
    expect(run.step).toBe(100);
    expect(run.curve.loss).toHaveLength(100);
  });

  it('saves a folder that is opened again with the same greedy text', async () => {
    const store = memoryStore();
    const engine = open(store);
    const { id } = await engine.call('train.start', { spec: small('Attention + Mamba'), recipe });
    await ended(engine, id);
    const { name, zip } = await engine.call('train.save', { id });
    expect(name).toBe('attention-mamba.zip');
    const files = Object.entries(unzipSync(zip)).map(([path, bytes]) => new File([bytes as BlobPart], path));
    expect(files.map((file) => file.name)).toContain('attention-mamba/config.json');

    const again = await LanguageModel.fromPretrained(files, { parts });
    const texts = new Texts(async () => TEXT, store);
    const trained = await modelOfRun((await Record.open(store, id))!, store, texts);
    expect(await greedy(again)).toBe(await greedy(trained));
    again.dispose();
    trained.dispose();

    const given = { name, content: new Blob([zip as BlobPart]) };
    const info = await engine.call('models.add', { files: [given] });
    expect(info).toMatchObject({ name: 'attention-mamba', family: 'hybrid' });
    const listed = await engine.call('models.list', undefined);
    const own = listed.filter(({ ref }) => !ref.startsWith('site:'));
    expect(own.map(({ origin }) => origin)).toEqual(['opened here', 'trained here, step 12']);
  });

  it('refuses a folder by name and keeps nothing of it', async () => {
    const store = memoryStore();
    const engine = open(store);
    const add = (content: string, name: string) =>
      engine.call('models.add', { files: [{ name, content: new Blob([content]) }] });
    await expect(add('not a zip', 'broken.zip')).rejects.toThrow('a zip of a Hugging Face folder');
    await expect(add('{"model_type": "t5"}', 'config.json')).rejects.toThrow('a causal model');
    await expect(add('{', 'config.json')).rejects.toThrow('expected JSON');
    await expect(add('hello', 'letter.txt')).rejects.toThrow('config.json');
    expect(await store.list('models')).toEqual([]);
  });

  it('scores a task by length and by place', async () => {
    const engine = open(memoryStore());
    const task: Recipe = {
      ...recipe,
      data: { kind: 'task', task: 'parity', size: 6 },
      budget: { unit: 'steps', amount: 15 },
    };
    const run = await ended(engine, (await engine.call('train.start', { spec: small('LSTM'), recipe: task })).id);
    const { lengths, places } = run.scores.at(-1)!;
    expect(lengths.map(({ size }) => size)).toEqual([6, 12, 24]);
    expect(places.map(({ place }) => place)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(lengths.every(({ accuracy }) => accuracy > 0 && accuracy <= 1)).toBe(true);
    expect(run.samples.at(-1)!.right).toHaveLength(6);
  });

  it('spends a budget of operations in whole steps', async () => {
    const engine = open(memoryStore());
    const { flopsPerStep } = await engine.call('train.cost', { spec: small('GPT'), recipe });
    const flops: Recipe = { ...recipe, budget: { unit: 'flops', amount: 3.5 * flopsPerStep } };
    const { id, steps } = await engine.call('train.start', { spec: small('GPT'), recipe: flops });
    expect(steps).toBe(3);
    expect((await ended(engine, id)).step).toBe(3);
  });

  it('fails by name where the loss is no number any more, and keeps what was sound', async () => {
    const engine = open(memoryStore());
    const wild: Recipe = { ...recipe, optimizer: 'sgd', learningRate: 1e30 };
    const run = await ended(engine, (await engine.call('train.start', { spec: small('GPT'), recipe: wild })).id);
    expect(run.status).toBe('failed');
    expect(run.fault!.expected).toMatch(/^a finite /);
    expect(run.step).toBe(run.savedStep);
  });

  it('renames, deletes, and keeps a text of the reader', async () => {
    const store = memoryStore();
    const engine = open(store);
    const { text } = await engine.call('train.addText', { title: 'Mine', text: TEXT });
    const own: Recipe = {
      ...recipe,
      data: { kind: 'text', text, tokens: 'characters' },
      budget: { unit: 'steps', amount: 1 },
    };
    const { id } = await engine.call('train.start', { spec: small('GPT'), recipe: own });
    await ended(engine, id);
    await engine.call('train.rename', { id, name: 'Ahab' });
    expect((await runOf(open(store), id)).spec.name).toBe('Ahab');
    await engine.call('train.delete', { id });
    expect(await store.list('runs')).toEqual([]);
  });
});
