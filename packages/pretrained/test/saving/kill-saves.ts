import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@sequitur/core';
import { filesOf, namesIn, save, type Version, versionIn } from './two-saves.js';

export interface KilledSaves {
  /** Which version was found after each kill. */
  readonly found: Readonly<Record<Version, number>>;
  /** After how many kills something was left to be finished or thrown away: the kill fell into a save. */
  readonly interrupted: number;
}

/**
 * Kills a process that saves one version over the other, at random moments (SIGKILL), and reads the folder after each;
 * after every second one the folder is saved into again first, whose lock and rest the killed process has left.
 *
 * @throws where a folder is a mix of both, or is not whole
 */
export async function killSaves(kills: number, seed: number): Promise<KilledSaves> {
  const folder = await mkdtemp(join(tmpdir(), 'sequitur-killed-save-'));
  const random = Random.fromSeed(seed);
  const found = { single: 0, sharded: 0 };
  let interrupted = 0;
  try {
    await save(folder, 'sharded');
    for (let kill = 0; kill < kills; kill++) {
      await saveUntilKilled(folder, { saves: 1 + random.integer(2), delay: random.integer(40) });
      const version = await versionIn(folder);
      found[version]++;
      const names = await namesIn(folder);
      if (names.some((name) => name.startsWith('.sequitur'))) interrupted++;
      if (kill % 2 === 0) continue;
      const next = version === 'single' ? 'sharded' : 'single';
      await save(folder, next);
      if ((await namesIn(folder)).join() !== filesOf(next).join()) throw new Error(`left: ${await namesIn(folder)}`);
    }
    return { found, interrupted };
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Moment {
  /** After how many saves the process is killed, and how many milliseconds later. */
  readonly saves: number;
  readonly delay: number;
}

function saveUntilKilled(folder: string, { saves, delay }: Moment): Promise<void> {
  const tsx = join(import.meta.dirname, '../../../../node_modules/.bin/tsx');
  const script = join(import.meta.dirname, 'killed-save.ts');
  const child = spawn(tsx, [script, folder], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [output, errors, killing] = ['', '', false];
  child.stderr.on('data', (data) => {
    errors += data;
  });
  child.stdout.on('data', (data) => {
    output += data;
    if (killing || output.split('\n').length <= saves) return;
    killing = true;
    setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), delay);
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`the saving process ended by itself (${code}): ${errors}`));
    });
  });
}
