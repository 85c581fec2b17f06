import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bert } from '@sequitur/bert';
import { openBackend } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { Auto } from '@sequitur/pretrained';
import { SequenceToSequence } from '@sequitur/transformer';
import { expect, it } from 'vitest';
import { shippedModels } from '../src/index.js';

const folders = fileURLToPath(new URL('../folders', import.meta.url));
const LARGEST = 25e6;

it('the list names every folder', async () => {
  expect((await readdir(folders)).sort()).toEqual(shippedModels.map(({ name }) => name).sort());
});

it('all folders together are small enough for the repository', async () => {
  const files = await readdir(folders, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folders, file))).size));
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(LARGEST);
});

it.each(shippedModels.map(({ name }) => name))('%s is stored in 16 bits', async (name) => {
  const dtypes = await dtypesOf(join(folders, name, 'model.safetensors'));
  expect([...dtypes].join()).toMatch(/^(F16|BF16)$/);
});

it.each(shippedModels.map(({ name, headline }) => [name, headline]))(
  'the card of %s states its results',
  async (name, headline) => {
    const card = await readFile(join(folders, name, 'README.md'), 'utf8');
    const results = JSON.parse(await readFile(join(folders, name, 'results.json'), 'utf8'));
    expect(card).toContain(results.parameters.toLocaleString('en'));
    expect(card).toContain(`${results.steps ?? results['steps of fine-tuning']} steps`);
    expect(card).toContain(`seed ${results.seed}`);
    expect(card).toContain(results[headline].toFixed(3));
  },
);

it.each(shippedModels.map(({ name, className }) => [name, className]))(
  '%s opens as a %s through Auto',
  async (name, className) => {
    await openBackend(['wasm', 'cpu']);
    const model = await Auto.fromPretrained(join(folders, name), { models: [Bert, Gpt, SequenceToSequence] });
    expect(model.constructor.name).toBe(className);
    expect(model.tokenizer).not.toBeNull();
    model.dispose();
  },
);

/** The element types in the header of a safetensors file. */
async function dtypesOf(path: string): Promise<Set<string>> {
  const file = await open(path);
  try {
    const size = Buffer.alloc(8);
    await file.read(size, 0, 8, 0);
    const header = Buffer.alloc(Number(size.readBigUInt64LE()));
    await file.read(header, 0, header.length, 8);
    const { __metadata__, ...tensors } = JSON.parse(header.toString()) as Record<string, { dtype: string }>;
    return new Set(Object.values(tensors).map(({ dtype }) => dtype));
  } finally {
    await file.close();
  }
}
