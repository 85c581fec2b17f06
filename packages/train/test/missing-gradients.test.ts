import { initialize, Module, normal, Parameter } from '@sequitur/core';
import { onEachBackend } from '@sequitur/laws';
import { add, type Scalar, square, sum } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { adamW, trainStep } from '../src/index.js';

class Pair extends Module {
  readonly first = new Parameter([3], normal(1));
  readonly second = new Parameter([3], normal(1));
}

/** Trains three steps; in the middle one the loss may leave `first` out, which then has no gradient. */
async function train(leavesOut: boolean): Promise<Record<'first' | 'second', Float32Array>> {
  const model = initialize(new Pair(), 1);
  const optimizer = adamW({ learningRate: 0.1 });
  for (let step = 1; step <= 3; step++) {
    const of = (parameter: Parameter) => sum(square(parameter.value)) as Scalar;
    const loss = () =>
      leavesOut && step === 2 ? of(model.second) : (add(of(model.first), of(model.second)) as Scalar);
    const { loss: value, gradientNorm } = trainStep(model, loss, optimizer, { step });
    value.dispose();
    gradientNorm.dispose();
  }
  const values = { first: await model.first.read(), second: await model.second.read() };
  optimizer.dispose();
  model.dispose();
  return values;
}

// tfjs's Adam keeps its moments by position: there a gradient that is missing once moves them to another parameter.
onEachBackend('AdamW where a gradient is missing once', () => {
  it('leaves the other parameters as they would be, and moves only the one without', async () => {
    const [all, without] = [await train(false), await train(true)];
    expect(without.second).toEqual(all.second);
    expect(without.first).not.toEqual(all.first);
  });
});
