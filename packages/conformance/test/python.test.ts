import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { closeBackend, openBackend } from '@sequitur/core';
import { filesSink } from '@sequitur/pretrained';
import { definePart, LanguageModel } from '@sequitur/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, PARTS } from '../src/python/cases.js';
import { compareWithPython, type Difference } from '../src/python/compare.js';

const python = process.env.SEQUITUR_PYTHON ?? 'python3';
const hasTorch = await promisify(execFile)(python, ['-c', 'import torch']).then(
  () => true,
  () => false,
);

beforeAll(() => openBackend('wasm'));
afterAll(() => closeBackend('wasm'));

it('has a model of every kind of block', () => {
  const kinds = Object.values(CASES).flatMap(({ blocks }) => blocks.map(({ kind }) => kind));
  expect(new Set(kinds)).toEqual(new Set(PARTS.map(({ kind }) => kind)));
});

it('saves the Python file with every model, which names the kinds that it knows', async () => {
  const sink = filesSink();
  const model = LanguageModel.create(CASES['all mixers']!);
  await model.savePretrained(sink);
  model.dispose();
  const textOf = (name: string) => sink.files.find((file) => file.name === name)!.text();
  const code = await textOf('modeling_sequitur.py');
  for (const { kind } of PARTS) expect(code).toContain(`"${kind}": `);
  expect(JSON.parse(await textOf('config.json')).auto_map.AutoModelForCausalLM).toMatch(/^modeling_sequitur\./);
});

describe.skipIf(!hasTorch)(hasTorch ? 'in PyTorch' : `in PyTorch (${python} has none: see \`pnpm python\`)`, () => {
  it.each(Object.keys(CASES))('%s computes and learns the same', { timeout: 120_000 }, async (name) => {
    const found: Difference[] = [];
    for await (const difference of compareWithPython(python, { [name]: CASES[name]! })) found.push(difference);
    const [{ name: _, ...differences }] = found as [Difference];
    for (const [what, value] of Object.entries(differences)) expect(value, what).toBeLessThanOrEqual(1e-4);
  });

  it('refuses a block that Python does not know by its name', async () => {
    const own = definePart('own-mixer', (options, place) => PARTS[0]!(options as never).build(place));
    const config = { ...CASES['all mixers']!, blocks: [own()] };
    const compare = async () => {
      for await (const _ of compareWithPython(python, { own: config }));
    };
    await expect(compare()).rejects.toThrow(/expected 1 answers/);
  });
});
