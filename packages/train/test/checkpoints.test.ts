import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { type FileSink, type FileSource, folderSink, folderSource } from '@sequitur/pretrained';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  adam,
  adamW,
  CheckpointStore,
  lion,
  type Optimizer,
  sgd,
  type TokenBatch,
  type TrainOptions,
  train,
  warmUpThenLinear,
} from '../src/index.js';
import { fingerprint, TinyData, TinyModel, tinyBatch } from './tiny-model.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-checkpoints-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Options = Partial<TrainOptions<TinyModel, TokenBatch>>;

/** Trains a new model for a number of steps; returns its fingerprint and the reported progress. */
async function runTo(
  steps: number,
  { data = new TinyData(5), ...options }: Options & { optimizer?: Optimizer; data?: Iterable<TokenBatch> } = {},
) {
  const model = TinyModel.create(1);
  const optimizer =
    options.optimizer ?? adamW({ learningRate: warmUpThenLinear({ peak: 1e-2, warmUp: 3, steps: 30 }) });
  const told: number[] = [];
  try {
    const run = train(model, data, { ...options, optimizer, steps });
    for await (const { step } of run) told.push(step);
    return { told, bits: await fingerprint(model) };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

const inFolder = (every = 4) => ({ checkpoints: { folder, every } });

for (const [title, optimizer] of Object.entries<() => Optimizer>({
  AdamW: () => adamW({ learningRate: 1e-2 }),
  Adam: () => adam({ learningRate: 1e-2 }),
  SGD: () => sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.1 }),
  Lion: () => lion({ learningRate: 1e-3 }),
})) {
  it(`a run with ${title} goes on with the same bits`, async () => {
    const whole = await runTo(12, { optimizer: optimizer() });
    await runTo(5, { ...inFolder(), optimizer: optimizer() });
    const resumed = await runTo(12, { ...inFolder(), optimizer: optimizer() });
    expect(resumed.told).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(resumed.bits).toBe(whole.bits);
  });
}

it('data that cannot tell where they stand are read again up to there', async () => {
  const data = function* () {
    const random = Random.fromSeed(8);
    for (;;) yield tinyBatch(random);
  };
  const whole = await runTo(9, { data: data(), accumulate: 2 });
  await runTo(6, { ...inFolder(), data: data(), accumulate: 2 });
  expect((await runTo(9, { ...inFolder(), data: data(), accumulate: 2 })).bits).toBe(whole.bits);
});

it('the last checkpoints stay, and the best one', async () => {
  // The farther the run, the worse on this: the first evaluation stays the best one.
  const wrong = tinyBatch(Random.fromSeed(1));
  const labels = wrong.inputs.map((row) => Array.from(row, (token) => (token * 5 + 4) % 13));
  const evaluation = { data: () => [{ inputs: wrong.inputs, labels }], every: 5, patience: 3 };
  const { told } = await runTo(60, { evaluation, checkpoints: { folder, every: 2, keep: 2 } });
  expect(told.at(-1)).toBe(20);
  const files = await readdir(folder);
  const steps = [5, 18, 20].map((step) => padded(`step-${step}.safetensors`));
  expect(files.sort()).toEqual(['checkpoints.json', ...steps]);
  const store = await CheckpointStore.open(folder);
  const model = new TinyModel();
  expect((await store.load(model, null, 'best'))?.step).toBe(5);
  model.dispose();
  // Stopped is stopped, for those who ask again too.
  expect((await runTo(60, { evaluation, checkpoints: { folder, every: 2, keep: 2 } })).told).toEqual([]);
});

it('a full disk loses nothing that was saved, and says what to do', async ({ skip }) => {
  if (!existsSync('/dev/full')) skip('no /dev/full here');
  const whole = await runTo(12);
  const full = join(folder, `${padded('step-8.safetensors')}.unfinished`);
  const fill = async () => {
    await rm(full, { force: true });
    await symlink('/dev/full', full);
  };
  await runTo(4, inFolder());
  await fill();
  await expect(runTo(12, inFolder())).rejects.toThrow(/ENOSPC.*Free some space.*unharmed/s);
  expect((await readdir(folder)).sort()).toEqual(['checkpoints.json', padded('step-4.safetensors')]);
  const resumed = await runTo(12, inFolder());
  expect(resumed.told[0]).toBe(5);
  expect(resumed.bits).toBe(whole.bits);
});

it('a disk that fills up in the middle of any file loses nothing that was saved', async () => {
  const whole = await runTo(12);
  for (const room of [0, 100, 3000, 5000, 12_000, 20_000]) {
    await rm(folder, { recursive: true });
    const files = { source: folderSource(folder), sink: sinkOf(folderSink(folder), room) };
    const failed = runTo(12, { checkpoints: { folder: files, every: 2 } }).catch((error: unknown) => error);
    expect(String(await failed), `${room} bytes`).toMatch(/ENOSPC/);
    const resumed = await runTo(12, { checkpoints: { folder, every: 2 } });
    expect(resumed.bits, `${room} bytes`).toBe(whole.bits);
  }
});

it('a folder that cannot be written to is noticed before the first step', async () => {
  const file = join(folder, 'a file');
  await writeFile(file, '');
  let steps = 0;
  const counting = (function* () {
    for (const batch of new TinyData(1)) {
      steps++;
      yield batch;
    }
  })();
  const checkpoints = { folder: join(file, 'inside'), every: 2 };
  await expect(runTo(4, { data: counting, checkpoints })).rejects.toThrow(/ENOTDIR.*Choose a path/s);
  const forbidden: FileSink = {
    name: 'a place of others',
    write: async () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    },
  };
  const files = { source: folderSource(folder), sink: forbidden };
  await expect(runTo(4, { data: counting, checkpoints: { folder: files, every: 2 } })).rejects.toThrow(/EACCES/);
  expect(steps).toBe(0);
});

it('an older checkpoint takes the place of one that was damaged, and a run without a sound one is refused', async () => {
  const whole = await runTo(12);
  await runTo(8, inFolder());
  await truncate(join(folder, padded('step-8.safetensors')), 1000);
  const resumed = await runTo(12, inFolder());
  expect(resumed.told[0]).toBe(5);
  expect(resumed.bits).toBe(whole.bits);
  for (const name of await readdir(folder)) if (name.startsWith('step')) await truncate(join(folder, name), 10);
  await expect(runTo(12, inFolder())).rejects.toThrow(/a checkpoint that can be read/);
});

it('refuses other settings, another model, and a folder in use where nothing may be resumed', async () => {
  await runTo(4, inFolder());
  const other = () => adamW({ learningRate: warmUpThenLinear({ peak: 2e-2, warmUp: 3, steps: 30 }) });
  await expect(runTo(8, { ...inFolder(), optimizer: other() })).rejects.toThrow(
    /schedule.peak: 0.01.*schedule.peak: 0.02/s,
  );
  const accepted = { folder, every: 4, changedSettings: 'accept' as const };
  expect((await runTo(8, { checkpoints: accepted, optimizer: other() })).told).toEqual([5, 6, 7, 8]);
  await expect(runTo(8, { checkpoints: { folder, every: 4, resume: false } })).rejects.toThrow(/without checkpoints/);
  const model = TinyModel.create(1, 16);
  const store = await CheckpointStore.open(folder);
  await expect(store.load(model)).rejects.toThrow(/misshapen: embedding.weight/);
  model.dispose();
});

it('a page saves through files of its own, without a folder', async () => {
  const whole = await runTo(9);
  const files = memoryFiles();
  await runTo(5, { checkpoints: { folder: files, every: 2 } });
  expect((await runTo(9, { checkpoints: { folder: files, every: 2 } })).bits).toBe(whole.bits);
});

/** `step-8.safetensors` as the file is called. */
function padded(name: string): string {
  return name.replace(/^step-0*(\d+)\./, (_, step: string) => `step-${step.padStart(8, '0')}.`);
}

/** A sink with limited capacity in bytes. */
function sinkOf(sink: FileSink, room: number): FileSink {
  let left = room;
  return {
    ...sink,
    write: (path, chunks) =>
      sink.write(
        path,
        (async function* () {
          for await (const chunk of chunks) {
            if (left < chunk.length) {
              yield chunk.subarray(0, left);
              throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
            }
            left -= chunk.length;
            yield chunk;
          }
        })(),
      ),
  };
}

function memoryFiles(): { source: FileSource; sink: FileSink } {
  const files = new Map<string, Uint8Array>();
  return {
    source: {
      name: 'memory',
      open: async (name) => {
        const bytes = files.get(name);
        return bytes ? { name, size: bytes.length, read: async (start, end) => bytes.slice(start, end) } : null;
      },
    },
    sink: {
      name: 'memory',
      write: async (name, chunks) => {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk.slice());
        files.set(name, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
      },
    },
  };
}

it('a run that is aborted saves the step at hand, and goes on after it', async () => {
  const controller = new AbortController();
  const abortingAfter = function* (last: number) {
    let batches = 0;
    for (const batch of new TinyData(5)) {
      if (++batches === last) controller.abort(new Error('enough'));
      yield batch;
    }
  };
  const { signal } = controller;
  await expect(runTo(12, { ...inFolder(), data: abortingAfter(7), signal })).rejects.toThrow('enough');
  expect((await CheckpointStore.open(folder)).names.at(-1)).toBe('step-00000007.safetensors');
  const whole = await runTo(12);
  const resumed = await runTo(12, { ...inFolder(), data: abortingAfter(0) });
  expect(resumed).toEqual({ told: [8, 9, 10, 11, 12], bits: whole.bits });
});
