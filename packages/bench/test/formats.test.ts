import { fileURLToPath } from 'node:url';
import { disposeState, openBackend, parametersOf } from '@sequitur/core';
import { Gpt } from '@sequitur/gpt';
import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { FORMATS, type FormatRecord, measureFormats } from '../src/formats.js';

const folder = fileURLToPath(new URL('../../conformance/fixtures/llama', import.meta.url));

it('compares formats of weights with the first', async () => {
  await openBackend('wasm', { threads: 1 });
  const windows = [1, 2].map((start) => Array.from({ length: 12 }, (_, i) => (start * 7 + 5 * i * i) % 20));
  const before = memory().numTensors;
  const records: FormatRecord[] = [];
  const open = (dtype: (typeof FORMATS)[number]) => Gpt.fromPretrained(folder, { dtype });
  for await (const record of measureFormats(open, { formats: FORMATS, windows, decoded: 3 })) records.push(record);
  expect(memory().numTensors).toBe(before);
  expect(records.map(({ format }) => format)).toEqual(FORMATS);
  const [exact, bfloat, half, q8, q4] = records as [
    FormatRecord,
    FormatRecord,
    FormatRecord,
    FormatRecord,
    FormatRecord,
  ];
  expect(exact).toMatchObject({ largestDifference: 0, agreement: 1, tokens: 22 });

  // The loss by hand.
  const model = await Gpt.fromPretrained(folder);
  const losses = await Promise.all(windows.map((window) => lossOf(model, window)));
  expect(Math.log(exact.perplexity)).toBeCloseTo((losses[0]! + losses[1]!) / 22, 5);
  const sizes = [...parametersOf(model).values()].map(({ shape }) => shape.reduce((a, b) => a * b, 4));
  expect(exact.bytes).toBe(sizes.reduce((a, b) => a + b));
  model.dispose();

  expect([bfloat.bytes, half.bytes]).toEqual([half.bytes, bfloat.bytes]);
  expect(bfloat.bytes).toBeLessThan(0.6 * exact.bytes);
  expect(q8.bytes).toBeLessThan(bfloat.bytes);
  expect(q4.bytes).toBeLessThan(q8.bytes);
  expect(half.largestDifference).toBeGreaterThan(0);
  expect(half.largestDifference).toBeLessThan(bfloat.largestDifference);
  expect(q8.largestDifference).toBeLessThan(q4.largestDifference);
  for (const { milliseconds, perplexity } of records) expect(Math.min(milliseconds, perplexity)).toBeGreaterThan(0);
});

/** The sum of the losses of all tokens but the first. */
async function lossOf(model: Gpt, window: readonly number[]): Promise<number> {
  const input = tensor2d([[...window]], undefined, 'int32');
  const { logits, state } = model.step(input, model.initState(1));
  const rows = (await logits.array())[0]!;
  for (const tensor of [input, logits]) tensor.dispose();
  disposeState(state);
  return window.slice(1).reduce((sum, token, i) => {
    const row = rows[i]!;
    return sum + Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0)) - row[token]!;
  }, 0);
}
