import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeBackend, openBackend } from '@sequitur/core';
import { Gpt, GptClassifier } from '@sequitur/gpt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTensors } from '../src/golden.js';

const fixtures = join(import.meta.dirname, '..', 'fixtures');
const folders = {
  ...{ 'gpt2-base': Gpt, 'gpt2-lm': Gpt, 'gpt2-lm-f16': Gpt, 'gpt2-lm-bf16': Gpt, 'gpt2-variant': Gpt },
  ...{ 'gpt2-seqcls': GptClassifier, 'gpt-neox': Gpt, 'gpt-neo-local': Gpt, llama: Gpt, 'llama-bf16': Gpt },
  ...{ 'llama3-rope': Gpt, 'mistral-swa': Gpt, qwen2: Gpt, gemma: Gpt, 'bloom-alibi': Gpt },
};

/** What may differ: Python's own bookkeeping, and settings that no model of ours has. */
const bookkeeping = ['_name_or_path', 'transformers_version', 'use_cache', 'pretraining_tp', 'slow_but_exact'];

describe('load, save', () => {
  let target: string;
  beforeAll(async () => {
    await openBackend('cpu');
    target = await mkdtemp(join(tmpdir(), 'sequitur-'));
  });
  afterAll(async () => {
    await rm(target, { recursive: true });
    closeBackend('cpu');
  });

  for (const [folder, kind] of Object.entries(folders)) {
    it(`${folder}: the same tensors and configuration as Python saved`, async () => {
      const model = await kind.fromPretrained(join(fixtures, folder));
      await model.savePretrained(target);
      model.dispose();
      const [wanted, found] = await Promise.all(
        [join(fixtures, folder), target].map((place) => readTensors(place, 'model.safetensors')),
      );
      expect([...found!.keys()].sort()).toEqual([...wanted!.keys()].sort());
      for (const [name, { dtype, shape, values }] of wanted!) {
        expect(found!.get(name)!.dtype, name).toBe(dtype);
        expect(found!.get(name)!.shape, name).toEqual(shape);
        expect(found!.get(name)!.values, name).toEqual(values);
      }
      await expectSameConfig(join(fixtures, folder), target);
      const again = await kind.fromPretrained(target);
      expect(again.config).toEqual(model.config);
      again.dispose();
    });
  }
});

async function expectSameConfig(original: string, saved: string): Promise<void> {
  const [wanted, found] = await Promise.all(
    [original, saved].map(async (folder) => JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))),
  );
  for (const [name, value] of Object.entries(wanted)) {
    if (bookkeeping.includes(name) || !(name in found)) continue;
    if (name === 'attention_types') continue; // the same blocks may be written in several ways
    if (name === 'n_inner' || name === 'max_window_layers' || name === 'sliding_window') continue; // null for the default
    expect(found[name], name).toEqual(value);
  }
  for (const name of ['model_type', 'architectures', 'torch_dtype', 'vocab_size']) expect(found).toHaveProperty(name);
}
