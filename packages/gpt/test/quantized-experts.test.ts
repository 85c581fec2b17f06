import { join } from 'node:path';
import { disposeState, parametersOf, scoped, tokenTensor } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { expect, it } from 'vitest';
import { Gpt } from '../src/index.js';

const fixtures = join(import.meta.dirname, '..', '..', 'conformance', 'fixtures');
const ROWS = [[5, 3, 9, 1, 7, 2, 8, 4]];

async function logitsOf(model: Gpt): Promise<Float32Array> {
  const logits = scoped(() => {
    const step = model.step(tokenTensor(ROWS, model.vocabularySize), model.initState(1));
    disposeState(step.state);
    return step.logits;
  });
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

/** The distance of two vectors, as a share of the length of the first. */
function distance(wanted: Float32Array, found: Float32Array): number {
  const length = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0));
  return length(wanted.map((value, i) => value - found[i]!)) / length(wanted);
}

onEachBackend('mixtures of experts and latent attention in other formats of weights', () => {
  for (const name of ['mixtral', 'deepseek-v3-yarn']) {
    for (const [dtype, share] of Object.entries({ bfloat16: 0.05, q8: 0.1 })) {
      it(`${name} in ${dtype} says nearly what it says in float32`, async () => {
        const whole = await Gpt.fromPretrained(join(fixtures, name));
        const small = await Gpt.fromPretrained(join(fixtures, name), { dtype: dtype as 'q8' });
        const [wanted, found] = [await logitsOf(whole), await logitsOf(small)];
        const far = distance(wanted, found);
        expect(far).toBeGreaterThan(0);
        expect(far).toBeLessThan(share);
        expect([...parametersOf(small).keys()]).toEqual([...parametersOf(whole).keys()]);
        whole.dispose();
        small.dispose();
      });
    }
  }
});
