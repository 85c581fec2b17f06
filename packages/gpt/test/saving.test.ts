import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, parametersOf, SequiturError } from '@sequitur/core';
import { Lora } from '@sequitur/transformer';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gpt } from '../src/index.js';

let folder: string;
beforeEach(async () => {
  await openBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'sequitur-gpt-saving-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const CONFIG = { vocabularySize: 12, contextLength: 16, width: 8, depth: 2, heads: 2, hiddenWidth: 16 };
const llama = (seed: number, depth = 2) => Gpt.create({ ...CONFIG, depth, modelType: 'llama' } as never, { seed });

/** The first weights of the model that the folder holds, and how deep it is. */
async function loaded() {
  const model = (await Gpt.fromPretrained(folder)) as Gpt;
  const [first] = [...parametersOf(model).values()];
  const values = [...(await first!.read())];
  const { depth } = model.config;
  model.dispose();
  return { values, depth };
}

async function saved(model: Gpt, options = {}) {
  const [first] = [...parametersOf(model).values()];
  const values = [...(await first!.read())];
  await model.savePretrained(folder, options);
  const { depth } = model.config;
  model.dispose();
  return { values, depth };
}

it('a sharded save over a single file, and back, loads what was saved last and leaves no other form of it', async () => {
  await saved(llama(1));
  for (const name of [
    'tokenizer.model',
    'generation_config.json',
    'pytorch_model.bin',
    'adapter_config.json',
    'notes.txt',
  ]) {
    await writeFile(join(folder, name), '{}');
  }
  const sharded = await saved(llama(2, 3), { maxShardBytes: 2000 });
  expect(await loaded()).toEqual(sharded);
  const names = await readdir(folder);
  expect(names).toContain('notes.txt');
  expect(names).toContain('model.safetensors.index.json');
  for (const gone of [
    'model.safetensors',
    'tokenizer.model',
    'generation_config.json',
    'pytorch_model.bin',
    'adapter_config.json',
  ]) {
    expect(names).not.toContain(gone);
  }
  const single = await saved(llama(3, 1));
  expect(await loaded()).toEqual(single);
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors', 'notes.txt']);
});

for (const [dtype, value, most] of [
  ['F16', 1e5, 65504],
  ['F16', -65520, 65504],
  ['BF16', 3.4e38, '3.39e38'],
] as const) {
  it(`a weight of ${value} is refused as ${dtype}, by tensor and value, and what was there stays`, async () => {
    const before = await saved(llama(1));
    const model = llama(2);
    const parameter = [...parametersOf(model).values()].at(-1)!;
    const values = await parameter.read();
    values[3] = value;
    parameter.assign(values);
    const shown = String(Math.fround(value)).replace(/[+]/g, '\\+');
    await expect(model.savePretrained(folder, { dtype })).rejects.toThrow(
      new RegExp(`tensor \\S+: expected values of at most ${most}, the limit of ${dtype}, got ${shown}`),
    );
    model.dispose();
    expect(await loaded()).toEqual(before);
  });
}

it('the largest value that half precision holds is saved, and what rounds down to it', async () => {
  const model = llama(2);
  const [parameter] = [...parametersOf(model).values()];
  const values = await parameter!.read();
  values.set([65504, -65519, 1e-9]);
  parameter!.assign(values);
  await model.savePretrained(folder, { dtype: 'F16' });
  model.dispose();
  expect((await loaded()).values.slice(0, 3)).toEqual([65504, -65504, 0]);
});

it('a model with LoRA is refused in a short message, before anything is written', async () => {
  const before = await saved(llama(1));
  const model = llama(2);
  const lora = new Lora(model, { rank: 2 });
  const refused = model.savePretrained(folder).catch((error: unknown) => error as SequiturError);
  const error = await refused;
  expect(error).toBeInstanceOf(SequiturError);
  expect((error as SequiturError).message).toMatch(/merged or removed first/);
  expect((error as SequiturError).message.length).toBeLessThan(600);
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
  lora.remove();
  model.dispose();
  expect(await loaded()).toEqual(before);
});

it('a save is aborted at any tensor, and what was there stays', async () => {
  const before = await saved(llama(1));
  const reason = new Error('enough');
  const count = parametersOf(llama(2)).size;
  for (const last of [0, 1, count - 1]) {
    const model = llama(2);
    const controller = new AbortController();
    let read = 0;
    for (const parameter of parametersOf(model).values()) {
      const original = parameter.read.bind(parameter);
      parameter.read = async () => {
        if (read++ === last) controller.abort(reason);
        return original();
      };
    }
    await expect(model.savePretrained(folder, { signal: controller.signal })).rejects.toBe(reason);
    model.dispose();
    expect(await loaded()).toEqual(before);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'model.safetensors']);
  }
});

it('options are checked before anything is written', async () => {
  const model = llama(1);
  const before = memory().numTensors;
  for (const [options, message] of [
    [{ dtype: 'F64' }, /dtype: expected one of "F32", "F16", "BF16", "q8", "q4", got "F64"/],
    [{ maxShardBytes: 0 }, /maxShardBytes: expected a number above 0, got 0/],
    [{ maxShardBytes: Number.NaN }, /got NaN/],
    [{ maxShardSize: 5 }, /got 'maxShardSize'/],
    [{ signal: {} }, /signal: expected an AbortSignal/],
  ] as const) {
    await expect(model.savePretrained(folder, options as never)).rejects.toThrow(message);
  }
  expect(await readdir(folder)).toEqual([]);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});
