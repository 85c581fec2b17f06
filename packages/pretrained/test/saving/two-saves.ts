import { readdir } from 'node:fs/promises';
import { initialize, Linear, Module, parametersOf } from '@sequitur/core';
import {
  belongsToModel,
  folderSink,
  folderSource,
  loadWeights,
  openCheckpoint,
  readText,
  rule,
  saveTogether,
  saveWeights,
  writeJson,
} from '../../src/index.js';

class Model extends Module {
  readonly first = new Linear(24, 24);
  readonly second = new Linear(24, 24);
}

const RULES = [
  rule('a.weight', 'first.weight'),
  rule('a.bias', 'first.bias'),
  rule('b.weight', 'second.weight'),
  rule('b.bias', 'second.bias'),
];

/** Two saves that differ in every file, in the form of the weights, and in which files there are. */
export type Version = 'sharded' | 'single';

const SEEDS = { sharded: 1, single: 2 };
const OWN_FILES = {
  sharded: ['tokenizer.json', 'generation_config.json'],
  single: ['vocab.txt', 'tokenizer_config.json'],
};
const WEIGHT_FILES = {
  sharded: ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json'],
  single: ['model.safetensors'],
};

/** The files of a version, sorted. */
export function filesOf(version: Version): string[] {
  return ['config.json', ...OWN_FILES[version], ...WEIGHT_FILES[version]].sort();
}

export async function save(folder: string, version: Version, signal?: AbortSignal): Promise<void> {
  const model = initialize(new Model(), SEEDS[version]);
  try {
    await saveTogether(
      folderSink(folder),
      async (sink) => {
        for (const name of OWN_FILES[version]) await writeJson(sink, name, { version });
        await saveWeights(model, sink, RULES, { ...(version === 'sharded' && { maxShardBytes: 3000 }), signal });
        await writeJson(sink, 'config.json', { version });
      },
      { replaces: belongsToModel, signal },
    );
  } finally {
    model.dispose();
  }
}

/**
 * Which version the folder holds, as everyone reads it.
 *
 * @throws where it is none of them whole: a file of the other one, a number that differs, a file too many or too few
 */
export async function versionIn(folder: string): Promise<Version> {
  const source = folderSource(folder);
  const read = async (name: string) => {
    const file = await source.open(name);
    if (!file) return null;
    try {
      return JSON.parse(await readText(file)) as { version: Version };
    } finally {
      await file.close?.();
    }
  };
  const version = (await read('config.json'))!.version;
  const other: Version = version === 'single' ? 'sharded' : 'single';
  for (const name of OWN_FILES[version]) {
    if ((await read(name))?.version !== version) throw new Error(`${name} is not of ${version}`);
  }
  for (const name of [...OWN_FILES[other], ...WEIGHT_FILES[other]]) {
    const file = await source.open(name);
    await file?.close?.();
    if (file) throw new Error(`${name} of ${other} beside ${version}`);
  }
  await checkWeights(folder, version);
  return version;
}

async function checkWeights(folder: string, version: Version): Promise<void> {
  const [wanted, found] = [initialize(new Model(), SEEDS[version]), new Model()];
  const checkpoint = await openCheckpoint(folderSource(folder));
  try {
    await loadWeights(found, checkpoint, RULES);
    const parameters = parametersOf(found);
    for (const [path, parameter] of parametersOf(wanted)) {
      const [a, b] = [await parameter.read(), await parameters.get(path)!.read()];
      if (Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) !== 0)
        throw new Error(`${path} is not of ${version}`);
    }
  } finally {
    await checkpoint.close();
    wanted.dispose();
    found.dispose();
  }
}

/** The names in the folder, hidden ones included. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}
