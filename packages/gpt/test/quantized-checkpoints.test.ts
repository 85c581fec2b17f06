import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parametersOf, quantize, scoped, storageOf, tokenTensor } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gpt } from '../src/index.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../conformance/fixtures/${name}`, import.meta.url));

async function logitsOf(model: Gpt): Promise<number[]> {
  const logits = scoped(
    () => model.step(tokenTensor([[1, 5, 9, 2, 7]], model.vocabularySize), model.initState(1)).logits,
  );
  const values = [...((await logits.data()) as Float32Array)];
  logits.dispose();
  return values;
}

const formatsOf = (model: Gpt) =>
  Object.fromEntries([...storageOf(model)].map(([path, { format }]) => [path, format] as const));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequitur-quantized-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

onEachBackend('saved in 8 and 4 bits', () => {
  // Linear layers, query, key and value as one transposed tensor, and head by head.
  for (const name of ['llama', 'gpt2-lm', 'gpt-neox']) {
    for (const dtype of ['q8', 'q4'] as const) {
      it(`${name}, ${dtype}: the same integers, whether they were quantized before or by saving`, async () => {
        const before = memory().numTensors;
        const quantized = await Gpt.fromPretrained(fixture(name), { dtype });
        const [formats, logits] = [formatsOf(quantized), await logitsOf(quantized)];
        await quantized.savePretrained(join(folder, 'held'));
        const exact = await Gpt.fromPretrained(fixture(name));
        await exact.savePretrained(join(folder, 'saved'), { dtype });
        for (const place of ['held', 'saved']) {
          const again = await Gpt.fromPretrained(join(folder, place), { dtype: 'auto' });
          expect(formatsOf(again)).toEqual(formats);
          expect(await logitsOf(again)).toEqual(logits);
          const whole = await Gpt.fromPretrained(join(folder, place));
          for (const [path, parameter] of parametersOf(whole)) {
            expect(parameter.format).toBe('float32');
            expect(await parameter.read(), path).toEqual(await parametersOf(quantized).get(path)!.read());
          }
          again.dispose();
          whole.dispose();
        }
        quantized.dispose();
        exact.dispose();
        expect(memory().numTensors).toBe(before);
      });
    }
  }
});

onEachBackend('files in 8 and 4 bits', () => {
  it('says in config.json how weights are stored, and takes a fraction of the bytes', async () => {
    const model = await Gpt.fromPretrained(fixture('llama'));
    await model.savePretrained(join(folder, 'float'));
    await model.savePretrained(join(folder, 'integer'), { dtype: 'q4', maxShardBytes: 3000 });
    const config = JSON.parse(await readFile(join(folder, 'integer', 'config.json'), 'utf8'));
    expect(config.quantization_config).toMatchObject({
      quant_method: 'compressed-tensors',
      format: 'pack-quantized',
      config_groups: {
        group_0: { targets: ['Linear'], weights: { num_bits: 4, strategy: 'group', group_size: 32, symmetric: true } },
        group_1: { targets: ['Embedding'], weights: { num_bits: 8, strategy: 'channel' } },
      },
    });
    const index = JSON.parse(await readFile(join(folder, 'integer', 'model.safetensors.index.json'), 'utf8'));
    expect(Object.keys(index.weight_map)).toContain('model.layers.0.self_attn.q_proj.weight_packed');
    const bytes = (await stat(join(folder, 'float', 'model.safetensors'))).size;
    expect(index.metadata.total_size).toBeLessThan(0.45 * bytes); // rows of this model are padded to words and groups
    const again = await Gpt.fromPretrained(join(folder, 'integer'), { dtype: 'auto' });
    await quantize(model, { weights: 'int4' });
    expect(await logitsOf(again)).toEqual(await logitsOf(model));
    model.dispose();
    again.dispose();
  });

  it('a dtype of floats stores what is held as integers in floats', async () => {
    const model = await Gpt.fromPretrained(fixture('llama'), { dtype: 'q4' });
    await model.savePretrained(folder, { dtype: 'F32' });
    expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')).quantization_config).toBeUndefined();
    const again = await Gpt.fromPretrained(folder);
    for (const [path, parameter] of parametersOf(again))
      expect(await parameter.read()).toEqual(await parametersOf(model).get(path)!.read());
    model.dispose();
    again.dispose();
  });
}, ['cpu']);
