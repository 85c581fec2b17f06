import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fieldsOf, objectOf, type RecipeOptions, readLines, readOptions, splitByHash } from '../src/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequitur-recipe-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = async (content: string | Uint8Array) => {
  await writeFile(join(folder, 'data'), content);
  return readLines(join(folder, 'data'));
};

it('reads lines, plain and gzip', async () => {
  for (const content of ['one\ttwo\r\nthree\tfour\n', gzipSync('one\ttwo\nthree\tfour')]) {
    const lines = await file(content);
    expect(lines.map((line) => fieldsOf(line, 2))).toEqual([
      ['one', 'two'],
      ['three', 'four'],
    ]);
  }
});

it('names the line of an error', async () => {
  await expect(readLines(join(folder, 'nowhere'))).rejects.toThrow(/nowhere.*none with this name/);
  await expect(file('')).rejects.toThrow(/at least one line/);
  await expect(file(Uint8Array.of(0xff, 0xfe, 0x00))).rejects.toThrow(/UTF-8/);
  await expect(file(Uint8Array.of(0x1f, 0x8b, 0x00))).rejects.toThrow(/whole gzip/);
  const lines = await file('one\ttwo\none\none\t \n{"a": 1}\n[1]\n{"a"\n');
  expect(() => fieldsOf(lines[1]!, 2)).toThrow(/data, line 2: expected 2 fields with a tab.*got 1: "one"/);
  expect(() => fieldsOf(lines[2]!, 2)).toThrow(/line 3.*nothing in field 2/);
  expect(objectOf(lines[3]!)).toEqual({ a: 1 });
  for (const bad of lines.slice(4)) expect(() => objectOf(bad)).toThrow(/line [56]: expected a JSON object/);
});

it('splits by the key alone', () => {
  const keys = Array.from({ length: 2000 }, (_, index) => `word ${index}`);
  const shares = { validation: 0.1, test: 0.2 };
  const all = splitByHash(keys, (key) => key, shares);
  expect(all.test.length / 2000).toBeCloseTo(0.2, 1);
  expect(all.validation.length / 2000).toBeCloseTo(0.1, 1);
  const half = splitByHash(keys.slice(1000), (key) => key, shares);
  expect(half.test.every((key) => all.test.includes(key))).toBe(true);
});

const command = {
  ...{ name: 'example', about: 'An example.', seconds: 60 },
  data: { value: '<file>', help: 'a file' },
  extra: { beams: { value: '<n>', help: 'how many' }, quick: { help: 'quickly' } },
};
const read = (...args: string[]) => readOptions(command, args, '/here');

it('reads the command line', () => {
  const options = read('--data', 'a', '--data=/b', '--steps', '5', '--beams', '4', '--quick') as RecipeOptions<'beams'>;
  expect(options).toMatchObject({ data: ['/here/a', '/b'], limit: { steps: 5 }, folder: '/here/runs/example' });
  expect(options.extra).toEqual({ beams: '4', quick: 'true' });
  expect(read()).toMatchObject({ limit: { seconds: 60 }, seed: '1', resume: false, data: [], extra: {} });
  expect((read('--help') as { help: string }).help).toMatch(/--data <file> +a file\n +--beams <n> +how many/);
  for (const args of [['--seconds', '0'], ['--steps', '1.5'], ['--other'], ['--steps', '1', '--seconds', '1'], ['x']]) {
    expect(() => read(...args)).toThrow(/npm run example: .*--help/);
  }
});
