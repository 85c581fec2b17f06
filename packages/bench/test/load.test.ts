import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, parametersOf } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { measureLoad } from '../src/load.js';
import { writeRandomLlama } from '../src/random-llama.js';

const SIZES = { vocabularySize: 70, width: 64, depth: 5, heads: 4, keyHeads: 2, hiddenWidth: 96 };

it('writes a checkpoint in shards, and loads it by rows as it would whole', async () => {
  await openBackend('wasm', { threads: 1 });
  const folder = await mkdtemp(join(tmpdir(), 'sequitur-large-'));
  try {
    await writeRandomLlama(folder, SIZES);
    expect((await readdir(folder)).filter((name) => name.endsWith('.safetensors'))).toHaveLength(3);
    const before = memory().numTensors;
    const record = await measureLoad(folder, { dtype: 'q4', decoded: 3 });
    expect(memory().numTensors).toBe(before);
    const exact = await Gpt.fromPretrained(folder);
    const size = [...parametersOf(exact).values()].reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 4),
      0,
    );
    expect(record.bytes).toBeGreaterThan(size / 8);
    expect(record.bytes).toBeLessThan(size / 5);
    for (const value of Object.values(record)) expect(value).toBeGreaterThan(0);

    // Rows of 16 bits are kept as they are.
    const half = await Gpt.fromPretrained(folder, { dtype: 'auto' });
    for (const [path, parameter] of parametersOf(exact))
      expect(await parametersOf(half).get(path)!.read(), path).toEqual(await parameter.read());
    expect(parametersOf(half).get('blocks.0.mixer.query.weight')!.format).toBe('bfloat16');
    exact.dispose();
    half.dispose();
  } finally {
    await rm(folder, { recursive: true });
  }
});
