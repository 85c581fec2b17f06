import { initialize, openBackend, parametersOf, Random, tokenTensor } from '@sequitur/core';
import { valueAndGradients } from '@sequitur/train';
import { mul, type Scalar, sum } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { Mamba2 } from '../src/index.js';
import { draw } from './draw.js';

it('x', async () => {
  await openBackend('cpu');
  for (const noise of [0.15, 0.4]) {
    const model = initialize(
      new Mamba2({ vocabularySize: 11, width: 8, depth: 2, stateSize: 3, headSize: 4, chunk: 4 }),
      1,
    );
    for (const [path, p] of parametersOf(model)) {
      const r = Random.fromSeed(path);
      p.assign((await p.read()).map((v) => v + noise * r.normal()));
    }
    const c = draw([2, 9, 11], 'c');
    const f = () => {
      const t = tokenTensor(
        [
          [1, 2, 3, 4, 5, 6, 7, 8, 9],
          [3, 1, 4, 1, 5, 9, 2, 6, 5],
        ],
        11,
      );
      return sum(mul(model.step(t, model.initState(2)).logits, c)) as Scalar;
    };
    const { gradients } = valueAndGradients(model, f);
    const g = await gradients.get('embedding.tokens.weight')!.data();
    const p = model.embedding.tokens.weight;
    const v = (await p.read()).slice();
    const len = Math.hypot(...g);
    const d = g.map((x) => x / len);
    for (const h of [0.04, 0.02, 0.01, 0.005]) {
      p.assign(v.map((x, i) => x + h * d[i]!));
      const a = (await f().data())[0]!;
      p.assign(v.map((x, i) => x - h * d[i]!));
      const b = (await f().data())[0]!;
      console.log(noise, h, len, (a - b) / 2 / h);
    }
  }
});
