import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { faults, watch } from '../../pretrained/test/saving/faults.js';
import { adamW, CheckpointStore, train } from '../src/index.js';
import { fingerprint, TinyData, TinyModel } from './tiny-model.js';

vi.mock('node:fs/promises', async (importOriginal) => {
  const { withFaults } = await import('../../pretrained/test/saving/faults.js');
  return withFaults(await importOriginal<object>());
});

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-checkpoint-faults-'));
});
afterEach(async () => {
  faults.isWatching = false;
  await rm(folder, { recursive: true, force: true });
});

async function runTo(steps: number): Promise<string> {
  const model = TinyModel.create(1);
  const optimizer = adamW({ learningRate: 1e-2 });
  try {
    const checkpoints = { folder, every: 2, keep: 1 };
    for await (const _ of train(model, new TinyData(5), { optimizer, steps, checkpoints }));
    return await fingerprint(model);
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

for (const [index, code] of ['ENOSPC', 'EIO', 'EACCES'].entries()) {
  it(`${code} at any call of the file system loses no checkpoint, and the run continues to the same bits`, async () => {
    const whole = await runTo(6);
    await rm(folder, { recursive: true });
    await runTo(2);
    watch();
    await runTo(4);
    faults.isWatching = false;
    const { length } = faults.calls;
    expect(length).toBeGreaterThan(30);
    for (let at = index; at < length; at += 3) {
      await rm(folder, { recursive: true });
      await runTo(2);
      watch(at, code);
      const error = await runTo(4).then(
        () => null,
        (given: unknown) => given,
      );
      faults.isWatching = false;
      const what = `${faults.calls[at]}, call ${at}`;
      if (error) expect(error, what).toBeInstanceOf(SequiturError);
      const last = (await CheckpointStore.open(folder)).names.at(-1)!;
      expect(
        error ? ['step-00000002.safetensors', 'step-00000004.safetensors'] : ['step-00000004.safetensors'],
        what,
      ).toContain(last);
      expect(await runTo(6), what).toBe(whole);
    }
  }, 300_000); // hundreds of files that are brought to the disk
}

it('brings a checkpoint to the disk before its name is in the index, and that before the older one goes', async () => {
  await runTo(2);
  watch();
  await runTo(4);
  faults.isWatching = false;
  const place = (call: string, from = 0) => {
    expect(faults.calls.slice(from)).toContain(call);
    return faults.calls.indexOf(call, from);
  };
  const written = place('sync step-00000004.safetensors.unfinished');
  const renamed = place('rename step-00000004.safetensors.unfinished', written);
  const indexed = place('sync checkpoints.json.unfinished', renamed);
  const switched = place('rename checkpoints.json.unfinished', indexed);
  expect(faults.calls.slice(renamed, indexed)).toContain(`sync ${folder.split('/').at(-1)}`);
  expect(place('rm step-00000002.safetensors', switched)).toBeGreaterThan(switched);
});
