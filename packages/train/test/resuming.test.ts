import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  adamW,
  CheckpointStore,
  everyParameter,
  matricesExcept,
  nextToken,
  sgd,
  type TokenBatch,
  type TrainOptions,
  train,
} from '../src/index.js';
import { TinyData, TinyModel } from './tiny-model.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-resuming-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Options = Partial<TrainOptions<TinyModel, TokenBatch>> & { readonly data?: Iterable<TokenBatch> };

/** Trains up to so many steps in the folder. @returns the steps that were told */
async function runTo(steps: number, { data = new TinyData(5), ...options }: Options = {}): Promise<number[]> {
  const model = TinyModel.create(1);
  const optimizer = options.optimizer ?? adamW({ learningRate: 1e-2 });
  const told: number[] = [];
  try {
    const checkpoints = { folder, every: 2, ...options.checkpoints };
    for await (const { step } of train(model, data, { ...options, optimizer, steps, checkpoints })) told.push(step);
    return told;
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

const rate = (factor: number) => (step: number) => factor / step;

const changes: Record<string, readonly [before: Options, after: Options, named: RegExp]> = {
  'another rule of decay': [
    { optimizer: adamW({ learningRate: 1e-2 }) },
    { optimizer: adamW({ learningRate: 1e-2, decays: everyParameter }) },
    /expected the settings it was saved with \(optimizer.decays.head.bias: none\), got optimizer.decays.head.bias: true/,
  ],
  'another function of decay': [
    { optimizer: sgd({ learningRate: 1e-2, weightDecay: 0.1, decays: (path) => path.startsWith('head') }) },
    { optimizer: sgd({ learningRate: 1e-2, weightDecay: 0.1, decays: matricesExcept(/head/) }) },
    /decays.head.weight: true.*decays.embedding.weight: true/s,
  ],
  'another weight decay': [
    { optimizer: adamW({ learningRate: 1e-2 }) },
    { optimizer: adamW({ learningRate: 1e-2, weightDecay: 0.2 }) },
    /weightDecay: 0.01.*weightDecay: 0.2/s,
  ],
  "another schedule of one's own": [
    { optimizer: sgd({ learningRate: rate(0.1) }) },
    { optimizer: sgd({ learningRate: rate(0.2) }) },
    /schedule.rates.1: 0.1.*and 13 more.*schedule.rates.1: 0.2/s,
  ],
  'another optimizer': [
    { optimizer: adamW({ learningRate: 1e-2 }) },
    { optimizer: sgd({ learningRate: 1e-2 }) },
    /name: "AdamW"/,
  ],
  'another seed': [{ seed: 1 }, { seed: 2 }, /\(seed: 1\), got seed: 2/],
  'another number of batches to a step': [{ accumulate: 2 }, { accumulate: 3 }, /\(accumulate: 2\), got accumulate: 3/],
  'another clipping': [{}, { maxGradientNorm: 2 }, /\(maxGradientNorm: 1\), got maxGradientNorm: 2/],
  'another smoothing of the loss': [
    { loss: nextToken({ labelSmoothing: 0.1 }) },
    { loss: nextToken() },
    /\(loss.labelSmoothing: 0.1\), got loss.labelSmoothing: 0/,
  ],
};

for (const [title, [before, after, named]] of Object.entries(changes)) {
  it(`${title} is refused by name when a run is resumed, unless it is accepted`, async () => {
    await runTo(2, before);
    await expect(runTo(4, { ...after, data: new TinyData(5) })).rejects.toThrow(named);
    const checkpoints = { folder, every: 2, changedSettings: 'accept' as const };
    expect(await runTo(4, { ...after, checkpoints })).toEqual([3, 4]);
    expect(await runTo(5, after)).toEqual([5]);
  });
}

it('a refused run leaves the model as it was', async () => {
  await runTo(2);
  const model = TinyModel.create(7);
  const before = await model.head.weight.read();
  const optimizer = sgd({ learningRate: 1 });
  const run = train(model, new TinyData(5), { optimizer, checkpoints: { folder, every: 2 } });
  await expect(run.next()).rejects.toThrow(/settings it was saved with/);
  expect(await model.head.weight.read()).toEqual(before);
  model.dispose();
});

it('data that end before the place where the run stopped are refused', async () => {
  await runTo(4, { data: [...take(new TinyData(5), 6)] });
  await expect(runTo(8, { data: [...take(new TinyData(5), 3)] })).rejects.toThrow(
    /expected data with the 4 batches that the run has already read, got 3/,
  );
});

it('a second run in a folder is refused by the name of the first, which does not notice', async () => {
  const model = TinyModel.create(1);
  const optimizer = adamW({ learningRate: 1e-2 });
  const first = train(model, new TinyData(5), { optimizer, steps: 6, checkpoints: { folder, every: 1, keep: 1 } });
  await first.next();
  await expect(runTo(6)).rejects.toThrow(SequiturError);
  await expect(runTo(6)).rejects.toThrow(
    new RegExp(`got one that this process \\(${process.pid}\\) has been writing to`),
  );
  const store = await CheckpointStore.open(folder);
  await expect(store.save(model, optimizer.state, {} as never, false)).rejects.toThrow(/nothing else writes to/);
  expect((await store.load(TinyModel.create(1)))?.step).toBe(1); // looking is allowed
  for await (const _ of first);
  expect((await readdir(folder)).sort()).toEqual(['checkpoints.json', 'step-00000006.safetensors']);
  expect(await runTo(7)).toEqual([7]);
  model.dispose();
  optimizer.dispose();
});

it('two processes in one folder: one trains to the end, the other is refused by the name of the first', async () => {
  const children = [0, 1].map(() => started(join(folder, 'run')));
  const ends = await Promise.all(children.map(({ end }) => end));
  const [refused, ...more] = ends.filter(({ code }) => code !== 0);
  expect(more).toEqual([]);
  expect(refused!.errors).toMatch(
    /SequiturError: .*expected a folder that nothing else writes to, got one that process \d+ on/,
  );
  const other = children.find(({ pid }) => refused!.errors.includes(`process ${pid} on`));
  expect(other).toBeDefined();
  expect((await CheckpointStore.open(join(folder, 'run'))).names.at(-1)).toBe('step-00000040.safetensors');
}, 120_000);

function started(place: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'killed-run.ts'), place, '40'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const end = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, errors }));
  });
  return { pid: child.pid, end };
}

it('a run whose caller leaves the loop, or that fails, gives its folder back', async () => {
  const model = TinyModel.create(1);
  const optimizer = adamW({ learningRate: 1e-2 });
  for await (const _ of train(model, new TinyData(5), { optimizer, checkpoints: { folder, every: 1 } })) break;
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  const broken = {
    [Symbol.iterator]: () => ({
      next: () => {
        throw new Error('no data');
      },
    }),
  };
  const run = train(model, broken as never, {
    optimizer: adamW({ learningRate: 1e-2 }),
    checkpoints: { folder, every: 1 },
  });
  await expect(run.next()).rejects.toThrow('no data');
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  model.dispose();
});

it('a damaged checkpoint is named to the caller, and nothing that is no checkpoint is read', async () => {
  await runTo(4);
  await truncate(join(folder, 'step-00000004.safetensors'), 900);
  const told: string[] = [];
  const store = await CheckpointStore.open(folder, { warn: (message) => told.push(message) });
  const model = TinyModel.create(1);
  expect((await store.load(model))?.step).toBe(2);
  expect(told).toEqual([expect.stringMatching(/step-00000004.safetensors.*continues from step-00000002.safetensors/)]);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  expect((await (await CheckpointStore.open(folder)).load(model))?.step).toBe(2);
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
  await expect(store.load(model, null, '../other')).rejects.toThrow(SequiturError);
  for (const index of [
    '{',
    '3',
    '{"latest": 3}',
    '{"latest": ["../x"], "best": null}',
    '{"latest": [], "best": 3}',
    'null',
  ]) {
    await writeFile(join(folder, 'checkpoints.json'), index);
    await expect(CheckpointStore.open(folder), index).rejects.toThrow(SequiturError);
  }
  model.dispose();
});

const states: Record<string, (state: Record<string, unknown>) => unknown> = {
  'another format': (state) => ({ ...state, format: 1 }),
  'a step that is no count': (state) => ({ ...state, step: -1 }),
  'a best loss that is no number': (state) => ({ ...state, evaluation: { best: 'x', since: 0 } }),
  'a random state of three words': (state) => ({ ...state, random: { key: [1, 2, 3], words: [1, 2, 3] } }),
  'something unknown': (state) => ({ ...state, more: 1 }),
  'no object': () => 3,
};

for (const [title, change] of Object.entries(states)) {
  it(`the state of a run with ${title} is refused`, async () => {
    await runTo(2);
    const file = join(folder, 'step-00000002.safetensors');
    const bytes = await readFile(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as { __metadata__: { run: string } };
    header.__metadata__.run = JSON.stringify(change(JSON.parse(header.__metadata__.run) as Record<string, unknown>));
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    await writeFile(file, Buffer.concat([size, text, bytes.subarray(8 + length)]));
    await expect(runTo(4)).rejects.toThrow(/a checkpoint that can be read, got .*state of a training run/);
  });
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
