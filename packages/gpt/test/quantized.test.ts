import { fileURLToPath } from 'node:url';
import { parametersOf, scoped, storageOf, tokenTensor } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import type { WeightFormat } from '@sequitur/pretrained';
import { weightRules } from '@sequitur/pretrained';
import { adamW, nextTokenLoss, trainStep } from '@sequitur/train';
import { peftLora } from '@sequitur/transformer';
import { dispose, memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Gpt } from '../src/index.js';

const folder = (name: string) => fileURLToPath(new URL(`../../conformance/fixtures/${name}`, import.meta.url));

async function logitsOf(model: Gpt): Promise<number[]> {
  const logits = scoped(
    () => model.step(tokenTensor([[1, 5, 9, 2, 7]], model.vocabularySize), model.initState(1)).logits,
  );
  const values = [...((await logits.data()) as Float32Array)];
  logits.dispose();
  return values;
}

/** Root mean square of the difference, relative to that of the expected values. */
function relativeError(found: readonly number[], expected: readonly number[]): number {
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares(found.map((value, i) => value - expected[i]!)) / squares(expected));
}

/** Weights of these fixtures are drawn with a large spread, so that rounding shows more than in a trained model. */
const BOUNDS: Readonly<Record<Exclude<WeightFormat, 'float32' | 'auto'>, readonly [least: number, most: number]>> = {
  bfloat16: [1e-5, 0.03],
  float16: [1e-6, 0.004],
  q8: [1e-4, 0.06],
  q4: [1e-3, 0.6],
};

onEachBackend('models in 16, 8 and 4 bits', () => {
  for (const name of ['gpt2-lm', 'llama']) {
    it(`${name}: computes nearly the same, and frees what it takes`, async () => {
      const exact = await Gpt.fromPretrained(folder(name));
      const expected = await logitsOf(exact);
      exact.dispose();
      const before = memory().numTensors;
      for (const [dtype, [least, most]] of Object.entries(BOUNDS)) {
        const model = await Gpt.fromPretrained(folder(name), { dtype: dtype as WeightFormat });
        const error = relativeError(await logitsOf(model), expected);
        expect(error, dtype).toBeGreaterThan(least);
        expect(error, dtype).toBeLessThan(most);
        model.dispose();
        expect(memory().numTensors, dtype).toBe(before);
      }
    });
  }

  it('keeps the 16 bits of a checkpoint without loss', async () => {
    for (const [name, format] of [
      ['llama-bf16', 'bfloat16'],
      ['llama-f16', 'float16'],
      ['llama', 'float32'],
    ] as const) {
      const [exact, model] = [
        await Gpt.fromPretrained(folder(name)),
        await Gpt.fromPretrained(folder(name), { dtype: 'auto' }),
      ];
      const formats = [...storageOf(model)]
        .filter(([path]) => path.includes('query'))
        .map(([, storage]) => storage.format);
      expect(new Set(formats)).toEqual(new Set([format]));
      for (const [path, parameter] of parametersOf(exact)) {
        expect(await parametersOf(model).get(path)!.read(), path).toEqual(await parameter.read());
      }
      expect(relativeError(await logitsOf(model), await logitsOf(exact))).toBeLessThan(1e-5);
      exact.dispose();
      model.dispose();
    }
  });

  it('trains adapters over 4 bits (QLoRA), which stay what they were', async () => {
    const model = await Gpt.fromPretrained(folder('llama'), { dtype: 'q4' });
    const weight = parametersOf(model).get('blocks.0.mixer.query.weight')!;
    const before = await weight.read();
    const lora = peftLora(model, weightRules(model), { rank: 4, alpha: 8, targets: ['query', 'value', 'down'] });
    const batch = { inputs: [[0, 1, 2, 3]], labels: [[1, 2, 3, 4]] };
    const optimizer = adamW({ learningRate: 0.02 });
    const losses: number[] = [];
    for (let step = 1; step <= 8; step++) {
      const { loss, gradientNorm } = trainStep(model, () => nextTokenLoss(model, batch, {}), optimizer, { step });
      losses.push((await loss.data())[0]!);
      dispose([loss, gradientNorm]);
    }
    expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
    expect(await weight.read()).toEqual(before);
    expect(() => lora.merge()).toThrow(/values in float32, got values in int4/);
    optimizer.dispose();
    model.dispose();
  });

  it('refuses a format that it does not know', async () => {
    await expect(Gpt.fromPretrained(folder('llama'), { dtype: 'int8' as never })).rejects.toThrow(/dtype.*q8.*int8/s);
  });
});
