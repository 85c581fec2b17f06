/** A run that its parent kills: trains in the folder that it is given, and prints every step and at the end a fingerprint. */
import { openBackend } from '@sequitur/core';
import { adamW, train, warmUpThenCosine } from '../src/index.js';
import { fingerprint, TinyData, TinyModel } from './tiny-model.js';

const [folder, steps] = process.argv.slice(2) as [string, string];
await openBackend('cpu');
const model = TinyModel.create(1, 48);
const optimizer = adamW({ learningRate: warmUpThenCosine({ peak: 1e-2, warmUp: 10, steps: Number(steps) }) });
const validation = [...take(new TinyData(99), 2)];
const run = train(model, new TinyData(7), {
  optimizer,
  steps: Number(steps),
  seed: 3,
  accumulate: 2,
  evaluation: { data: () => validation, every: 25 },
  checkpoints: { folder, every: 2, keep: 2 },
});
for await (const { step } of run) console.log(`step ${step}`);
console.log(`end ${await fingerprint(model)}`);

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}
