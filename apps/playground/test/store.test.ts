import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { databaseStore } from '../src/worker/storage/database.js';
import { folderOf, memoryStore } from '../src/worker/storage/store.js';

let names = 0;
const stores = { 'in memory': async () => memoryStore(), 'in the browser': () => databaseStore(`test ${names++}`) };

describe.each(Object.entries(stores))('what is kept %s', (_, open) => {
  it('is found by its path, and removed with all below it', async () => {
    const store = await open();
    await store.put('runs/a/run', { step: 1 });
    await store.put('runs/a/step-1', new Uint8Array([1]));
    await store.put('runs/ab/run', { step: 2 });
    expect(await store.list('runs')).toEqual(['runs/a/run', 'runs/a/step-1', 'runs/ab/run']);
    expect(await store.list('runs/a')).toEqual(['runs/a/run', 'runs/a/step-1']);
    await store.remove('runs/a');
    expect(await store.get('runs/a/run')).toBeUndefined();
    expect(await store.get('runs/ab/run')).toEqual({ step: 2 });
  });

  it('is a folder to those who read and write files', async () => {
    const { source, sink } = folderOf(await open(), 'models/x');
    await sink.write('config.json', [new Uint8Array([1, 2]), new Uint8Array([3])]);
    const file = (await source.open('config.json'))!;
    expect(file.size).toBe(3);
    expect(await file.read(1, 3)).toEqual(new Uint8Array([2, 3]));
    await sink.remove!('config.json');
    expect(await source.open('config.json')).toBeNull();
  });

  it('stays as it was when the value that was given changes', async () => {
    const store = await open();
    const value = { losses: [1, 2] };
    await store.put('run', value);
    value.losses.push(3);
    expect(await store.get('run')).toEqual({ losses: [1, 2] });
  });
});
