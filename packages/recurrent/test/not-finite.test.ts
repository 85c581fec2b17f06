import { initialize, parametersOf } from '@sequitur/core';
import { drawNormal, onEachBackend } from '@sequitur/laws';
import { type Tensor, type Tensor3D, tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { GruMixer, LstmMixer, MinGruMixer } from '../src/index.js';

const mixers = {
  LSTM: () => new LstmMixer({ width: 6, hiddenWidth: 5 }),
  GRU: () => new GruMixer({ width: 6, hiddenWidth: 5 }),
  minGRU: () => new MinGruMixer({ width: 6, hiddenWidth: 5 }),
};

/** Whether each position of [batch, length, width] holds a NaN. */
async function positionsWithNaN(x: Tensor): Promise<boolean[]> {
  const [batch, length, width] = x.shape as [number, number, number];
  const values = await x.data();
  return Array.from({ length: batch * length }, (_, i) => values.slice(i * width, (i + 1) * width).some(Number.isNaN));
}

onEachBackend('recurrent mixers', () => {
  for (const [name, create] of Object.entries(mixers)) {
    for (const batch of [1, 5]) {
      it(`${name}, ${batch} rows: NaN in one position spoils what follows in its row and nothing else`, async () => {
        const mixer = initialize(create(), 3);
        const values = ((await drawNormal([batch, 4, 6], 'x').data()) as Float32Array).slice();
        values[2 * 6 + 1] = Number.NaN; // row 0, position 2
        const x = tensor(values, [batch, 4, 6]) as Tensor3D;
        const { output } = mixer.mix(x, mixer.initState(batch) as never, {});
        const wanted = Array.from({ length: batch * 4 }, (_, i) => i === 2 || i === 3);
        expect(await positionsWithNaN(output)).toEqual(wanted);
        mixer.dispose();
      });
    }

    it(`${name}: NaN in any parameter is NaN in the output`, async () => {
      for (const path of parametersOf(create()).keys()) {
        const mixer = initialize(create(), 3);
        const parameter = parametersOf(mixer).get(path)!;
        parameter.assign(new Float32Array(parameter.value.size).fill(Number.NaN));
        const { output } = mixer.mix(drawNormal([2, 4, 6], 'x'), mixer.initState(2) as never, {});
        const found = await positionsWithNaN(output);
        expect(found.slice(1, 4), path).toEqual([true, true, true]); // from the second step on by way of the state, too
        mixer.dispose();
      }
    });
  }
});
