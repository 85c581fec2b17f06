import { initialize, Linear } from '@sequitur/core';
import { expectClose, onEachBackend } from '@sequitur/laws';
import { add, matMul, mul, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Lora } from '../src/index.js';

onEachBackend('a LoRA adapter', () => {
  it.each([
    { rank: 2, alpha: 6, scale: 3 },
    { rank: 4, alpha: 1, scale: 0.25 },
    { rank: 2, alpha: undefined, scale: 2 },
  ])('adds alpha / rank times x A B: %o', async ({ rank, alpha, scale }) => {
    const model = Object.assign(new (class extends Linear {})(1, 1), { query: new Linear(3, 2) });
    initialize(model, 1);
    const lora = new Lora(model, { rank, ...(alpha !== undefined && { alpha }) });
    const { linear } = lora.adapted[0]!;
    linear.up.weight.assign(Float32Array.from({ length: rank * 2 }, (_, i) => i + 1));
    const x = tensor2d([[1, -2, 0.5]]);
    const expected = tidy(() => {
      const [a, b] = [linear.down, linear.up].map(({ weight }) => weight.value as unknown as Tensor2D);
      const adapted = mul(matMul(matMul(x, a!), b!), scale);
      return add(add(matMul(x, linear.weight.value as unknown as Tensor2D), linear.bias!.value), adapted);
    });
    expect(lora.alpha).toBe(alpha ?? 2 * rank);
    await expectClose(linear.apply(x), expected.clone(), 1e-5);
    lora.merge();
    await expectClose(model.query.apply(x), expected.clone(), 1e-5);
  });
});
