import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { folderSink } from '../../src/index.js';
import { faults, watch } from './faults.js';
import { filesOf, namesIn, save, type Version, versionIn } from './two-saves.js';

vi.mock('node:fs/promises', async (importOriginal) => {
  const { withFaults } = await import('./faults.js');
  return withFaults(await importOriginal<object>());
});

/** Each call fails in one of four ways; with SEQUITUR_FAULTS=all in every way. */
const EVERY = process.env.SEQUITUR_FAULTS === 'all' ? 1 : 4;

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-faults-'));
});
afterEach(async () => {
  faults.isWatching = false;
  await rm(folder, { recursive: true, force: true });
});

/** Saves with a fault at one call. @returns the error, if any */
async function saveWith(fault: { at: number; code: string }, version: Version): Promise<unknown> {
  watch(fault.at, fault.code);
  try {
    return await save(folder, version).then(
      () => null,
      (error: unknown) => error,
    );
  } finally {
    faults.isWatching = false;
  }
}

async function callsOf(version: Version): Promise<string[]> {
  watch();
  await save(folder, version);
  faults.isWatching = false;
  return faults.calls;
}

for (const [from, to] of [
  ['sharded', 'single'],
  ['single', 'sharded'],
] as const) {
  for (const [index, code] of ['ENOSPC', 'EACCES', 'EIO', 'EMFILE'].entries()) {
    it(`${code} at any call of a save leaves the old or the new whole, ${from} to ${to}`, async () => {
      await save(folder, from);
      const { length } = await callsOf(to);
      expect(length).toBeGreaterThan(40);
      const outcomes = new Set<string>();
      for (let at = EVERY === 1 ? 0 : index; at < length; at += EVERY) {
        await save(folder, from);
        const error = await saveWith({ at, code }, to);
        const found = await versionIn(folder);
        const what = `${faults.calls[at]}, call ${at}`;
        if (error === null) expect(found, what).toBe(to);
        else expect(error, what).toBeInstanceOf(SequiturError);
        outcomes.add(`${error ? 'failed' : 'saved'}, ${found}`);
        await save(folder, to);
        expect(await namesIn(folder), what).toEqual(filesOf(to));
        expect(await versionIn(folder), what).toBe(to);
      }
      expect(outcomes).toContain(`failed, ${from}`);
      expect(outcomes).toContain(`failed, ${to}`);
    }, 300_000); // hundreds of files that are brought to the disk
  }
}

it('brings every file to the disk before the switch, and the switch before the old ones go', async () => {
  await save(folder, 'sharded');
  const calls = await callsOf('single');
  const first = (call: string) => {
    expect(calls).toContain(call);
    return calls.indexOf(call);
  };
  const decided = first('rename commit.json.unfinished');
  for (const file of filesOf('single')) {
    const [written, synced] = [first(`writeFile ${file}.unfinished`), first(`sync ${file}.unfinished`)];
    expect(written).toBeLessThan(synced);
    expect(synced).toBeLessThan(calls.indexOf(`rename ${file}.unfinished`));
    expect(calls.indexOf(`rename ${file}.unfinished`)).toBeLessThan(decided);
    expect(decided).toBeLessThan(first(`rename ${file}`));
  }
  expect(first('sync commit.json.unfinished')).toBeLessThan(decided);
  const syncsOfStaging = calls.flatMap((call, index) => (call === 'sync .sequitur-saving' ? [index] : []));
  expect(syncsOfStaging.some((index) => index < decided)).toBe(true);
  expect(syncsOfStaging.some((index) => index > decided && index < first('rename config.json'))).toBe(true);
  const moved = Math.max(...filesOf('single').map((file) => calls.indexOf(`rename ${file}`)));
  for (const file of filesOf('sharded').filter((name) => !filesOf('single').includes(name))) {
    expect(moved).toBeLessThan(first(`rm ${file}`));
  }
  const ofFolder = calls.flatMap((call, index) => (call.startsWith('sync sequitur-faults-') ? [index] : []));
  expect(ofFolder.some((index) => index > moved && index < first('rm commit.json'))).toBe(true);
});

it('a single file is brought to the disk before it is renamed, and its folder after', async () => {
  watch();
  await folderSink(folder).write('a.bin', [new Uint8Array(3), new Uint8Array(4)]);
  const calls = faults.calls.slice(faults.calls.indexOf('open a.bin.unfinished'));
  expect(calls.slice(0, 6)).toEqual([
    'open a.bin.unfinished',
    'writeFile a.bin.unfinished',
    'writeFile a.bin.unfinished',
    'sync a.bin.unfinished',
    'close a.bin.unfinished',
    'rename a.bin.unfinished',
  ]);
  expect(calls.slice(6).map((call) => call.split(' ')[0])).toEqual(['open', 'sync', 'close']);
});

it('files of others stay, and a folder in the place of a file is refused before anything changes', async () => {
  await save(folder, 'sharded');
  await writeFile(join(folder, 'README.md'), 'mine');
  await save(folder, 'single');
  expect(await namesIn(folder)).toEqual(['README.md', ...filesOf('single')].sort());
  await mkdir(join(folder, 'generation_config.json'));
  await expect(save(folder, 'sharded')).rejects.toThrow(
    /generation_config.json: expected a file, or none, got a folder/,
  );
  expect(await versionInWithout(join(folder, 'generation_config.json'))).toBe('single');
});

async function versionInWithout(name: string): Promise<Version> {
  await rm(name, { recursive: true });
  return versionIn(folder);
}

it('a signal ends the save at any moment before the switch, and everything is as it was', async () => {
  await save(folder, 'sharded');
  const reason = new Error('enough');
  await expect(save(folder, 'single', AbortSignal.abort(reason))).rejects.toBe(reason);
  let aborted = 0;
  for (let calls = 1; calls < 60; calls += 3) {
    const controller = new AbortController();
    watch();
    const saving = save(folder, 'single', controller.signal);
    while (faults.calls.length < calls) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    const error = await saving.then(
      () => null,
      (given: unknown) => given,
    );
    faults.isWatching = false;
    if (error) {
      aborted++;
      expect(error).toBe(reason);
      expect(await versionIn(folder)).toBe('sharded');
      expect(await namesIn(folder)).toEqual(filesOf('sharded'));
    } else {
      expect(await versionIn(folder)).toBe('single');
      await save(folder, 'sharded');
    }
  }
  expect(aborted).toBeGreaterThan(5);
});
