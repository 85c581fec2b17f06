import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@sequitur/core';
import { folderSource, SafetensorsFile } from '@sequitur/pretrained';
import { CheckpointStore } from '../src/index.js';
import { TinyModel } from './tiny-model.js';

const STEPS = 400;

export interface Outcome {
  /** The parameters' fingerprint of the run that was never interrupted, and of the one that was. */
  readonly whole: string;
  readonly killed: string;
  /** The last step that each killed process reported. */
  readonly killedAfter: readonly number[];
}

/**
 * Trains once without interruption, then again, killing the process at random moments (SIGKILL) and looking at all
 * checkpoints after each.
 *
 * @throws where a checkpoint that can be seen is not whole
 */
export async function killAndResume(kills: number, seed: number): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'sequitur-kill-'));
  const random = Random.fromSeed(seed);
  try {
    const whole = await runUntil(join(folder, 'whole'), null);
    const killedAfter: number[] = [];
    while (killedAfter.length < kills) {
      const moment = { steps: 1 + random.integer(Math.floor(STEPS / kills)), delay: random.integer(12) };
      const { step, end } = await runUntil(join(folder, 'killed'), moment);
      if (end) throw new Error(`the run ended before kill ${killedAfter.length + 1}`);
      killedAfter.push(step);
      await checkAll(join(folder, 'killed'));
    }
    const killed = await runUntil(join(folder, 'killed'), null);
    return { whole: whole.end!, killed: killed.end!, killedAfter };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** After how many steps of its own a process is killed, and how many milliseconds later: in a step, or while it saves. */
interface Moment {
  readonly steps: number;
  readonly delay: number;
}

/** Runs the process until it ends, or until the moment at which it is killed. */
function runUntil(folder: string, moment: Moment | null): Promise<{ step: number; end: string | null }> {
  const tsx = join(import.meta.dirname, '../../../node_modules/.bin/tsx');
  const script = join(import.meta.dirname, 'killed-run.ts');
  const child = spawn(tsx, [script, folder, String(STEPS)], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let [output, errors, killing] = ['', '', false];
  child.stdout.on('data', (data) => {
    output += data;
    if (!moment || killing || output.split('\n').length <= moment.steps) return;
    killing = true;
    setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), moment.delay);
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      const steps = [...output.matchAll(/step (\d+)\n/g)].map(([, step]) => Number(step));
      const end = /end (\w+)\n/.exec(output)?.[1] ?? null;
      if (signal === 'SIGKILL' || (code === 0 && end)) resolve({ step: steps.at(-1) ?? 0, end });
      else reject(new Error(`the run failed (${code}): ${errors}`));
    });
  });
}

/** Reads every number of every checkpoint that can be seen, and those that the index names into a model. */
async function checkAll(folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  for (const name of files) {
    const file = (await folderSource(folder).open(name))!;
    const tensors = await SafetensorsFile.open(file);
    for (const tensor of tensors.tensors.keys()) await tensors.read(tensor);
    await file.close!();
  }
  const store = await CheckpointStore.open(folder);
  const model = new TinyModel(48);
  for (const name of [...store.names, ...(store.best ? [store.best] : [])]) await store.load(model, null, name);
  model.dispose();
}
