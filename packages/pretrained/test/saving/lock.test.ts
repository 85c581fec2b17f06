import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, SequiturError } from '@sequitur/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { belongsToModel, folderSink, folderSource, saveTogether } from '../../src/index.js';
import { filesOf, namesIn, save, versionIn } from './two-saves.js';

const LOCK = '.sequitur-lock';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('two saves at once: one is refused by the name of the other, and the folder is whole', async () => {
  const results = await Promise.allSettled([save(folder, 'single'), save(folder, 'sharded'), save(folder, 'single')]);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(2);
  for (const { reason } of refused) {
    expect(reason).toBeInstanceOf(SequiturError);
    expect(reason.message).toMatch(new RegExp(`this process \\(${process.pid}\\) has been writing to since 2`));
  }
  const version = await versionIn(folder);
  expect(await namesIn(folder)).toEqual(filesOf(version));
});

it('the lock of another process that runs is respected, and taken over once that has ended', async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    const status = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => null);
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    const identity = status && `${boot.trim()} ${status.slice(status.lastIndexOf(')') + 2).split(' ')[19]}`;
    const holder = { pid: child.pid, host: hostname(), identity, since: '2026-01-01', token: 'theirs' };
    await writeFile(join(folder, LOCK), JSON.stringify(holder));
    await expect(save(folder, 'single')).rejects.toThrow(
      `expected a folder that nothing else writes to, got one that process ${child.pid} on ${hostname()} has been writing to`,
    );
    await expect(folderSink(folder).lock!()).rejects.toThrow(SequiturError);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await save(folder, 'single');
  expect(await namesIn(folder)).toEqual(filesOf('single'));
});

it('a lock of a number that another process has now, of nobody, or that cannot be read is taken over', async () => {
  const now = { pid: process.pid, host: hostname(), since: '', token: 'theirs' };
  const stale = process.platform === 'linux' ? [{ ...now, identity: 'another boot 17' }] : [];
  for (const holder of [...stale, { ...now, pid: 2 ** 30, identity: null }, 'no JSON', '', null, { pid: 'x' }]) {
    await writeFile(join(folder, LOCK), typeof holder === 'string' ? holder : JSON.stringify(holder));
    await save(folder, 'single');
    expect(await namesIn(folder)).toEqual(filesOf('single'));
  }
});

it('a lock of another machine is respected', async () => {
  await writeFile(join(folder, LOCK), JSON.stringify({ pid: 1, host: 'elsewhere', identity: null, token: 't' }));
  await expect(save(folder, 'single')).rejects.toThrow(
    /process 1 on elsewhere.*where that machine is gone, remove \.sequitur-lock/s,
  );
});

it('of many that want a folder whose lock is stale only one gets it', async () => {
  for (let round = 0; round < 10; round++) {
    await writeFile(join(folder, LOCK), JSON.stringify({ pid: 2 ** 30, host: hostname(), identity: null, token: 't' }));
    const takers = await Promise.allSettled(Array.from({ length: 6 }, () => folderSink(folder).lock!()));
    const unlocks = takers.flatMap((taker) => (taker.status === 'fulfilled' ? [taker.value] : []));
    expect(unlocks).toHaveLength(1);
    await unlocks[0]!();
    expect(await namesIn(folder)).toEqual([]);
  }
});

it('a folder that is saved anew while it is read is refused, whichever file comes next', async () => {
  await save(folder, 'sharded');
  const source = folderSource(folder);
  const config = await source.open('config.json');
  await save(folder, 'single');
  await expect(source.open('model.safetensors')).rejects.toThrow(/the files of one save.*Load it again/s);
  await expect(source.open('nothing')).rejects.toThrow(/Load it again/);
  await config!.close!();
  await (await folderSource(folder).open('model.safetensors'))!.close!();
});

it('a folder is made where there is none, and given back empty', async () => {
  const nested = join(folder, 'not', 'yet');
  const unlock = await folderSink(nested).lock!();
  expect(await readdir(nested)).toEqual([LOCK]);
  await unlock();
  expect(await readdir(nested)).toEqual([]);
});

it('a folder can be read while another writer has it', async () => {
  await save(folder, 'single');
  const unlock = await folderSink(folder).lock!();
  const file = await folderSource(folder).open('config.json');
  await file!.close!();
  expect(await readdir(folder)).toContain(LOCK);
  await unlock();
});

it('a save of no files removes what it replaces', async () => {
  await save(folder, 'single');
  await saveTogether(folderSink(folder), async () => {}, { replaces: belongsToModel });
  expect(await readdir(folder)).toEqual([]);
});
