import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../src/protocol/index.js';
import type { Recipe } from '../src/protocol/recipe.js';
import type { Run } from '../src/protocol/train.js';
import { refusedWrite } from '../src/worker/storage/room.js';
import { memoryStore, type Store } from '../src/worker/storage/store.js';
import { connect } from './in-process.js';

const recipe: Recipe = {
  data: { kind: 'text', text: 'any', tokens: 'characters' },
  budget: { unit: 'steps', amount: 24 },
  ...{ batchSize: 2, length: 16, optimizer: 'adamw', learningRate: 1e-2, schedule: 'cosine', seed: 1 },
};
const spec = { name: 'LSTM', width: 16, blocks: [{ kind: 'lstm', settings: {} }] };

/** A disk that is full from some write of a checkpoint on, until it is made roomy. */
function smallDisk(checkpoints: number): Store & { makeRoom(): void } {
  const store = memoryStore();
  let left = checkpoints;
  return {
    ...store,
    makeRoom: () => {
      left = Number.POSITIVE_INFINITY;
    },
    put: async (path, value) => {
      const isFull = value instanceof Uint8Array && path.endsWith('.safetensors') && left-- <= 0;
      if (isFull) throw await refusedWrite(new DOMException('no room', 'QuotaExceededError'), path);
      return store.put(path, value);
    },
  };
}

describe('work that survives', () => {
  const lines: { close: () => void }[] = [];
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

  function ended(engine: Engine, id: string): Promise<Run> {
    return new Promise((resolve, reject) => {
      const stop = engine.on('train.progress', ({ id: told, info }) => {
        if (told !== id || info.status === 'running') return;
        stop();
        runOf(engine, id).then(resolve, reject);
      });
    });
  }

  it('keeps a run at its last checkpoint where the disk is full, and goes on once there is room', async () => {
    const whole = open(memoryStore());
    const expected = await ended(whole, (await whole.call('train.start', { spec, recipe })).id);

    const store = smallDisk(3);
    const engine = open(store);
    const { id } = await engine.call('train.start', { spec, recipe });
    const full = await ended(engine, id);
    expect(full).toMatchObject({ status: 'paused', step: 6, savedStep: 6 });
    expect(full.curve.loss).toEqual(expected.curve.loss.slice(0, 6));
    expect(full.fault!.step).toBeGreaterThan(6);
    expect(full.fault).toMatchObject({ expected: 'room to keep it' });
    expect(full.fault!.fix).toContain('Delete runs or models');

    expect(await runOf(open(store), id)).toMatchObject({ status: 'paused', step: 6 });
    store.makeRoom();
    await engine.call('train.resume', { id });
    const done = await ended(engine, id);
    expect(done.status).toBe('done');
    expect(done.fault).toBeUndefined();
    expect(done.curve.loss).toEqual(expected.curve.loss);
  });

  it('takes an older checkpoint where the last is corrupt', async () => {
    const store = memoryStore();
    const engine = open(store);
    const { id } = await engine.call('train.start', { spec, recipe });
    const expected = (await ended(engine, id)).curve.loss;
    const names = (await store.list(`runs/${id}`)).filter((path) => path.endsWith('.safetensors'));
    await store.put(names.sort().at(-1)!, new Uint8Array([1, 2, 3]));
    const again = open(store);
    await again.call('train.resume', { id });
    expect((await ended(again, id)).curve.loss).toEqual(expected);
  });

  it('tells a full disk from every other refusal, with the remedy', async () => {
    const other = new DOMException('no', 'InvalidStateError');
    expect(await refusedWrite(other, 'x')).toBe(other);
    expect(await refusedWrite(new DOMException('no', 'QuotaExceededError'), 'runs/a/run')).toMatchObject({
      problem: { where: 'this browser’s storage, runs/a/run', expected: 'room to keep it' },
    });
  });

  it('refuses another backend while runs train, and says what to do', async () => {
    const engine = open(memoryStore());
    const long: Recipe = { ...recipe, budget: { unit: 'steps', amount: 5000 } };
    const { id } = await engine.call('train.start', { spec, recipe: long });
    await expect(engine.call('backend.open', { name: 'cpu' })).rejects.toThrow('Pause them first');
    await engine.call('train.pause', { id });
    expect(await engine.call('backend.open', { name: 'cpu' })).toMatchObject({ name: 'cpu' });
    await engine.call('backend.open', { name: 'wasm' });
    await engine.call('train.resume', { id });
    await engine.call('train.stop', { id });
    expect((await runOf(engine, id)).status).toBe('stopped');
  });
});
