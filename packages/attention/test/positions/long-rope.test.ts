import { distance, drawNormal, onEachBackend } from '@sequitur/laws';
import { type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Rotary } from '../../src/index.js';

onEachBackend('LongRoPE', () => {
  const rotary = () =>
    new Rotary({
      headSize: 4,
      scaling: { kind: 'longrope', shortFactors: [1, 2], longFactors: [4, 8], trainedLength: 6, amplitude: 1.5 },
    });

  it('divides frequencies by short factors up to the trained length, by long ones beyond', () => {
    expect([...rotary().frequencies(6)]).toEqual([1, 0.01 / 2]);
    expect([...rotary().frequencies(7)]).toEqual([1 / 4, 0.01 / 8]);
  });

  it('takes the same factors where rows have positions', async () => {
    const [x, positions] = [
      drawNormal<Tensor4D>([1, 8, 1, 4], 'x'),
      tensor2d([[0, 1, 2, 3, 4, 5, 6, 7]], [1, 8], 'int32'),
    ];
    const counted = rotary().apply(x, { seen: 0, length: 8 });
    expect(await distance(counted, rotary().apply(x, { seen: 0, length: 8, positions }))).toBeLessThan(1e-6);
  });

  it('refuses a chunk that makes a short sequence long', () => {
    const chunk = drawNormal<Tensor4D>([1, 2, 1, 4], 'x');
    expect(() => rotary().apply(chunk, { seen: 5, length: 2 })).toThrow(
      /from token 5 to 7.*Read the whole sequence again/s,
    );
    rotary().apply(chunk, { seen: 4, length: 2 }).dispose();
    rotary().apply(chunk, { seen: 7, length: 2 }).dispose();
  });
});
