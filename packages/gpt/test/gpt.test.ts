import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, openBackend, parameterCount, parametersOf } from '@sequitur/core';
import { generate } from '@sequitur/generation';
import { onEachBackend } from '@sequitur/laws';
import { CharacterTokenizer, randomWindows } from '@sequitur/text';
import { adamW, nextTokenLoss, train, trainStep } from '@sequitur/train';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gpt, type Gpt2Config, gpt2 } from '../src/index.js';

const config: Gpt2Config = { vocabularySize: 7, contextLength: 12, width: 16, depth: 2, heads: 4 };
const batch = {
  inputs: [
    [0, 1, 2, 3],
    [6, 5, 4, 3],
  ],
  labels: [
    [1, 2, 3, -100],
    [5, 4, 3, 2],
  ],
};

onEachBackend('GPT-2', (name) => {
  let folder: string;
  let backend: Backend;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sequitur-'));
    backend = await openBackend(name);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is saved and loaded without loss, tokenizer included', async () => {
    const tokenizer = new CharacterTokenizer([...'abcdefg']);
    for (const tied of [true, false]) {
      const model = Gpt.create({ ...config, tied }, { seed: 3, tokenizer });
      await model.savePretrained(folder, { maxShardBytes: tied ? 5e9 : 4000 });
      if (!tied) expect(await readdir(folder)).toContain('model.safetensors.index.json');
      const again = await Gpt.fromPretrained(folder);
      for (const [path, parameter] of parametersOf(model)) {
        expect(await parametersOf(again).get(path)!.read(), path).toEqual(await parameter.read());
      }
      expect(again.tokenizer!.encode('bad cafe'.replace(' ', ''))).toEqual(tokenizer.encode('badcafe'));
      expect(again.tokenizer!.decode([1, 0, 3])).toBe('bad');
      model.dispose();
      again.dispose();
      await rm(join(folder, 'model.safetensors'), { force: true });
    }
  });

  it('writes the same with a cache as without one, and beyond its context by sliding', async () => {
    const model = Gpt.create(config, { seed: 5 });
    const written: number[] = [];
    for await (const [token] of generate(model, [[1, 2]], { maxTokens: 8 })) written.push(token!);
    const again: number[] = [];
    for (let count = 0; count < 8; count++) {
      for await (const [token] of generate(model, [[1, 2, ...again]], { maxTokens: 1 })) again.push(token!);
    }
    expect(written).toEqual(again);
    let length = 0;
    for await (const _ of generate(model, [[1]], { maxTokens: 40, whenFull: 'slide' })) length++;
    expect(length).toBe(40);
    model.dispose();
  });

  it('continues ragged prompts together as it continues each alone', async () => {
    const model = Gpt.create(config, { seed: 6 });
    const prompts = [[1, 2, 3, 4], [5], [6, 0]];
    const together = prompts.map((): number[] => []);
    for await (const tokens of generate(model, prompts, { maxTokens: 6 })) {
      for (const [i, token] of tokens.entries()) together[i]!.push(token!);
    }
    for (const [index, prompt] of prompts.entries()) {
      const alone: number[] = [];
      for await (const [token] of generate(model, [prompt], { maxTokens: 6 })) alone.push(token!);
      expect(together[index], `prompt ${index}`).toEqual(alone);
    }
    model.dispose();
  });

  it('learns, and leaks nothing while it does', async () => {
    const model = Gpt.create(config, { seed: 1 });
    const tokens = Array.from({ length: 200 }, (_, i) => i % 7);
    const optimizer = adamW({ learningRate: 1e-2 });
    const data = randomWindows(tokens, { length: 8, batchSize: 4, seed: 2 });
    const losses: number[] = [];
    let resolved = 0;
    for await (const { step, loss } of train(model, data, { optimizer, steps: 40 })) {
      losses.push(loss);
      if (step === 10) resolved = backend.memory().tensors;
    }
    expect(losses[0]).toBeGreaterThan(1.8);
    expect(losses.at(-1)).toBeLessThan(0.3);
    expect(backend.memory().tensors).toBe(resolved);
    optimizer.dispose();
    model.dispose();
  });

  it('declares its parameters and the bytes of its state as they are', async () => {
    for (const tied of [true, false]) {
      const model = Gpt.create({ ...config, tied }, { seed: 1 });
      expect(gpt2.cost({ ...config, tied }, 1).parameters).toBe(parameterCount(model));
      model.dispose();
    }
  });

  it('takes the same training step on every backend', async () => {
    const model = Gpt.create(
      { ...config, residualDropout: 0.2, embeddingDropout: 0.1, attentionDropout: 0.1 },
      { seed: 9 },
    );
    const optimizer = adamW({ learningRate: 1e-2 });
    const { Random } = await import('@sequitur/core');
    for (let step = 1; step <= 3; step++) {
      const random = Random.fromSeed(step);
      const { loss, gradientNorm } = trainStep(model, () => nextTokenLoss(model, batch, { random }), optimizer, {
        step,
        maxGradientNorm: 0.5,
      });
      const found = [(await loss.data())[0]!, (await gradientNorm.data())[0]!];
      reference[step] ??= found;
      for (const [index, value] of found.entries()) expect(value).toBeCloseTo(reference[step]![index]!, 4);
      loss.dispose();
      gradientNorm.dispose();
    }
    optimizer.dispose();
    model.dispose();
  });
});

/** What the first backend found: the others must agree. */
const reference: Record<number, number[]> = {};
