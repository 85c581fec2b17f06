import { bytesIn, cacheCapacity, disposeState, initialize, Random, type StateTree, sizeOf } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { memory, slice, type Tensor, type Tensor2D, type Tensor3D, tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  Alibi,
  both,
  causal,
  either,
  globalTokens,
  MultiHeadAttention,
  type Pattern,
  slidingWindow,
} from '../src/index.js';

const LENGTH = 300;

const patterns: Record<string, Pattern> = {
  window: slidingWindow(20),
  'window and first tokens': both(causal(), either(slidingWindow(20), globalTokens(3))),
};

onEachBackend('KV cache', (backend) => {
  const length = backend === 'webgpu' ? 160 : LENGTH;
  for (const [name, pattern] of Object.entries(patterns)) {
    it(`${name}: decoding equals reading the whole sequence, with a cache of constant size`, async () => {
      const mixer = initialize(new MultiHeadAttention({ width: 8, heads: 2, pattern, positions: new Alibi(2) }), 5);
      const random = Random.fromSeed(name);
      const values = Float32Array.from({ length: sizeOf([2, length, 8]) }, () => random.normal());
      const x = tensor(values, [2, length, 8]) as Tensor3D;
      const padded = name === 'window' ? 2 : 0; // where first tokens are kept, padding may not stand before them
      const seen = Float32Array.from({ length: 2 * length }, (_, index) => (index < padded ? 0 : 1));
      const attentionMask = tensor(seen, [2, length]) as Tensor2D;
      const part = (from: number, count: number) => ({
        x: slice(x, [0, from, 0], [2, count, 8]),
        attentionMask: slice(attentionMask, [0, from], [2, count]),
      });
      const whole = tidy(() => mixer.mix(x, mixer.initState(2), { attentionMask }).output);
      const wanted = await whole.data();
      const tensors = memory().numTensors;
      let state = mixer.initState(2);
      for (let from = 0, step = 0; from < length; step++) {
        const count = Math.min(length - from, step === 0 ? 30 : step === 20 ? 70 : 1);
        const now = part(from, count);
        const { output, state: next } = mixer.mix(now.x, state, { attentionMask: now.attentionMask });
        const found = await output.data();
        for (let row = 0; row < 2; row++) {
          for (let i = 0; i < count * 8; i++) {
            expect(Math.abs(found[row * count * 8 + i]! - wanted[(row * length + from) * 8 + i]!)).toBeLessThan(1e-5);
          }
        }
        for (const item of [output, now.x, now.attentionMask]) item.dispose();
        disposeState(state as StateTree);
        state = next;
        from += count;
        const { attentionMask: _, ...rest } = state;
        expect(bytesIn(rest as StateTree), `bytes after ${from}`).toBe(2 * mixer.cost(from).stateBytes);
      }
      expect(mixer.cost(10_000).stateBytes).toBe(cacheCapacity(20 + 3 + 64) * 2 * 8 * 4);
      disposeState(state as StateTree);
      expect(memory().numTensors).toBe(tensors);
      for (const item of [x, attentionMask, whole] as Tensor[]) item.dispose();
      mixer.dispose();
    });
  }
});
