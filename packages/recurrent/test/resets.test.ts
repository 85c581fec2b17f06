import { initialize, Random } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { dispose, slice, type Tensor, type Tensor2D, type Tensor3D, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { GruMixer, LstmMixer, MinGruMixer } from '../src/index.js';

const mixers = {
  LSTM: () => new LstmMixer({ width: 4 }),
  GRU: () => new GruMixer({ width: 4 }),
  minGRU: () => new MinGruMixer({ width: 4 }),
};

async function distance(a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await a.data(), await b.data()];
  return Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i]!)));
}

onEachBackend('recurrent mixers', () => {
  for (const [name, create] of Object.entries(mixers)) {
    it(`${name} resets its state where a sequence begins`, async () => {
      const mixer = initialize(create(), 3);
      const random = Random.fromSeed(name);
      const x = tensor(
        Float32Array.from({ length: 24 }, () => random.normal()),
        [1, 6, 4],
      ) as Tensor3D;
      const resets = tensor([0, 0, 1, 0, 0, 0], [1, 6]) as Tensor2D;
      const packed = mixer.mix(x, mixer.initState(1) as never, { resets });
      const alone = mixer.mix(slice(x, [0, 2, 0], [1, 4, 4]), mixer.initState(1) as never, {});
      const end = slice(packed.output, [0, 2, 0], [1, 4, 4]);
      expect(await distance(end, alone.output)).toBeLessThan(1e-6);
      expect(await distance(packed.state.hidden, alone.state.hidden)).toBeLessThan(1e-6);
      dispose([x, resets, end]);
      mixer.dispose();
    });
  }
});
