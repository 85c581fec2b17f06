import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeBackend, openBackend } from '@sequitur/core';
import { filesSink } from '@sequitur/pretrained';
import { evaluate, nextToken } from '@sequitur/train';
import { definePart, LanguageModel } from '@sequitur/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CASES, PARTS } from '../src/python/cases.js';
import { compareWithPython, type Difference } from '../src/python/compare.js';

const python = process.env.SEQUITUR_PYTHON ?? 'python3';
const hasTorch = await promisify(execFile)(python, ['-c', 'import torch']).then(
  () => true,
  () => false,
);

const script = join(import.meta.dirname, '../../../docs/cluster/train.py');

/** As torchrun does it. @returns what the first process prints */
async function trainInTwo(folder: string, steps: number): Promise<string> {
  const sizes = ['--steps', `${steps}`, '--batch', '4', '--length', '40', '--warm-up', '1', '--learning-rate', '0.01'];
  const places = ['--model', 'model', '--tokens', 'tokens.bin', '--output', 'trained'];
  const processes = [0, 1].map((rank) => {
    const world = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29647', WORLD_SIZE: '2', OMP_NUM_THREADS: '1' };
    const env = { ...process.env, ...world, RANK: `${rank}`, LOCAL_RANK: `${rank}` };
    return promisify(execFile)(python, ['-W', 'ignore', script, ...places, ...sizes], { cwd: folder, env });
  });
  const [first] = await Promise.all(processes);
  return first!.stdout;
}

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

  it('trains by the script of the guide in two processes, resumes, and comes back', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sequitur-cluster-'));
    const { vocabularySize } = CASES['all mixers']!;
    const model = LanguageModel.create(CASES['all mixers']!);
    await model.savePretrained(join(folder, 'model'));
    model.dispose();
    const tokens = Int32Array.from({ length: 2000 }, (_, index) => (index * 5 + 3) % vocabularySize);
    await writeFile(join(folder, 'tokens.bin'), tokens);
    const first = await trainInTwo(folder, 4);
    const rest = await trainInTwo(folder, 8);
    expect(first).toMatch(/^step 4, loss \d\.\d+\n$/);
    expect(rest).toMatch(/^step 8, loss \d\.\d+\n$/);
    const trained = await LanguageModel.fromPretrained(join(folder, 'trained'), { parts: PARTS });
    const rows = Array.from({ length: 4 }, (_, row) => [...tokens.subarray(row * 60, row * 60 + 61)]);
    const batch = { inputs: rows.map((row) => row.slice(0, -1)), labels: rows.map((row) => row.slice(1)) };
    expect(await evaluate(trained, [batch], nextToken())).toBeLessThan(Math.log(vocabularySize) - 0.05);
    trained.dispose();
    await rm(folder, { recursive: true });
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
