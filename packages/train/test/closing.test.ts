import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, Random } from '@sequitur/core';
import { folderSink, folderSource, SafetensorsFile, safetensorsChunks } from '@sequitur/pretrained';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { adamW, CheckpointStore, sgd, train } from '../src/index.js';
import { TinyData, TinyModel, tinyBatch } from './tiny-model.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-closing-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A checkpoint of two steps. */
async function checkpoint(model = TinyModel.create(1)): Promise<string> {
  const optimizer = adamW({ learningRate: 1e-2 });
  for await (const _ of train(model, new TinyData(1), { steps: 2, optimizer, checkpoints: { folder, every: 2 } })) {
    // what a run tells is not of interest
  }
  optimizer.dispose();
  return 'step-00000002.safetensors';
}

it.each(['at the last step', 'when the reader of the progress stops', 'when a step fails'])(
  'the data are closed %s',
  async (when) => {
    let closed = 0;
    function* data() {
      try {
        for (;;) yield tinyBatch(Random.fromSeed(1));
      } finally {
        closed++;
      }
    }
    const model = TinyModel.create(1);
    const optimizer = sgd({ learningRate: when === 'when a step fails' ? 1e30 : 0.1 });
    const run = async () => {
      for await (const { step } of train(model, data(), { steps: 3, optimizer })) {
        if (step === 1 && when === 'when the reader of the progress stops') break;
      }
    };
    if (when === 'when a step fails') await expect(run()).rejects.toThrow(/finite/);
    else await run();
    expect(closed).toBe(1);
    optimizer.dispose();
    model.dispose();
  },
);

it('every file of the checkpoints is closed, whether it can be read or not', async () => {
  const name = await checkpoint();
  const open = new Set<string>();
  const source = folderSource(folder);
  const counting = {
    source: {
      name: source.name,
      open: async (path: string) => {
        const file = await source.open(path);
        if (!file) return null;
        open.add(path);
        return {
          ...file,
          close: async () => {
            open.delete(path);
            await file.close?.();
          },
        };
      },
    },
    sink: folderSink(folder),
  };
  const model = TinyModel.create(2);
  const store = await CheckpointStore.open(counting);
  expect([...open], 'after the index').toEqual([]);
  await store.load(model);
  expect([...open], 'after a checkpoint').toEqual([]);
  await expect(store.load(TinyModel.create(1, 7))).rejects.toThrow(/misshapen/);
  expect([...open], 'after a refusal').toEqual([]);
  await folderSink(folder).write(name, [new Uint8Array(5)]);
  await expect(store.load(model)).rejects.toThrow(/checkpoint that can be read/);
  expect([...open], 'after damage').toEqual([]);
});

it('what does not fit a model is listed without a rest, counts of updates are counts', async () => {
  const name = await checkpoint();
  const other = TinyModel.create(1, 7);
  const store = await CheckpointStore.open(folder);
  const refusal = await store.load(other).catch((error) => error.message);
  expect(refusal).toMatch(/misshapen: embedding.weight F32 \[13, 24\], not \[13, 7\], .*head.weight/);
  expect(refusal).not.toMatch(/and \d+ more/);

  const file = await SafetensorsFile.open((await folderSource(folder).open(name))!);
  const tensors = await Promise.all(
    [...file.tensors.keys()].map(async (tensor) => ({
      ...{ name: tensor, dtype: 'F32' as const, shape: file.tensors.get(tensor)!.shape },
      values: async () => (await file.read(tensor)).values as Float32Array,
    })),
  );
  const updates = [...file.metadata.keys()].find((key) => key.endsWith('updates'))!;
  for (const wrong of ['{"embedding.weight": -1}', '{"embedding.weight": 0.5}', '[0]', '"x"', 'null', '3']) {
    const chunks = safetensorsChunks(tensors, { ...Object.fromEntries(file.metadata), [updates]: wrong });
    await folderSink(folder).write(name, chunks);
    const optimizer = adamW({ learningRate: 1e-2 });
    const fresh = TinyModel.create(1);
    const load = (await CheckpointStore.open(folder)).load(fresh, optimizer.state);
    await expect(load, wrong).rejects.toThrow(/update count of each parameter/);
    optimizer.dispose();
    fresh.dispose();
  }
});
