import { onEachBackend } from '@sequitur/laws';
import { matMul, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { closeBackend, openBackend } from '../../src/index.js';

onEachBackend('a backend', (name) => {
  it('opens afresh after it was closed', async () => {
    const first = await openBackend(name);
    first.close();
    const second = await openBackend(name);
    expect(second).not.toBe(first);
    const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
    expect([...(await product.data())]).toEqual([11]);
    closeBackend(name);
    closeBackend(name); // closed already: nothing to do
    await openBackend(name);
  });
});
