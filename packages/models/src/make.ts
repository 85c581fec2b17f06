/** Trains a model of `folders` again: runs its recipe, or resumes an interrupted run, and copies the saved files. */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SequiturError } from '@sequitur/core';
import { type ShippedModel, shippedModels } from './shipped-models.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folders = fileURLToPath(new URL('../folders', import.meta.url));
const startedIn = process.env.INIT_CWD ?? process.cwd();

/** Files that are kept of a run: the model, its loss curve, and the results. */
const KEPT =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|results)\.json$|^vocab\.txt$|\.(safetensors|svg)$/;

async function main(): Promise<void> {
  const options = { data: { type: 'string' }, run: { type: 'string' }, backend: { type: 'string' } } as const;
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const model = modelCalled(positionals[0]);
  if (model.needsData && values.data === undefined) throw fault('--data with the folder of its data', 'none');
  const run = resolve(startedIn, values.run ?? join(root, 'runs', 'models', model.name));
  const data = values.data === undefined ? [] : ['--data', resolve(startedIn, values.data)];
  const backend = ['--backend', values.backend ?? 'wasm'];
  const recipe = join(root, 'examples', model.recipe);
  const { status, error } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'main.ts', ...model.options, ...data, ...backend, '--folder', run, '--resume'],
    { cwd: recipe, stdio: 'inherit' },
  );
  if (error) throw error;
  if (status !== 0) throw fault('a recipe that finishes', `exit code ${status}`);
  await keep(run, join(folders, model.name));
}

function modelCalled(name: string | undefined): ShippedModel {
  const found = shippedModels.find((model) => model.name === name);
  if (found) return found;
  throw fault(`one of ${shippedModels.map((model) => model.name).join(', ')}`, name ?? 'none');
}

/** Copies the files to keep from a run; the card is not changed. Recipes of encoders save the model in a subfolder. */
async function keep(run: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (KEPT.test(name)) await rm(join(folder, name));
  for (const from of [run, join(run, 'model'), join(run, 'fine-tuning')]) {
    const names = (await readdir(from).catch(() => [])).filter((name) => KEPT.test(name));
    for (const name of names) await copyFile(join(from, name), join(folder, name));
  }
  console.log(`Kept in ${folder}. Update the figures in its card, README.md.`);
}

function fault(expected: string, got: string): SequiturError {
  return new SequiturError({
    where: 'make',
    expected,
    got,
    fix: 'pnpm --filter @sequitur/models make <name> --data <folder>',
  });
}

await main().catch((error: unknown) => {
  console.error(error instanceof SequiturError ? error.message : error);
  process.exitCode = 1;
});
