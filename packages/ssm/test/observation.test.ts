import { initialize, within } from '@sequitur/core';
import { distance, drawNormal, onEachBackend } from '@sequitur/laws';
import {
  add,
  exp,
  matMul,
  mul,
  neg,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { impliedAttention, MambaMixer, selectiveScan } from '../src/index.js';

onEachBackend('observing a selective scan', () => {
  it('finds the implied attention: y = weights x + D x', async () => {
    const [length, inner, state] = [7, 3, 4];
    const scan = {
      x: drawNormal<Tensor3D>([1, length, inner], 'x'),
      stepSize: drawNormal<Tensor3D>([1, length, inner], 'step'),
      stateMatrix: neg(exp(drawNormal([inner, state], 'A'))) as Tensor2D,
      inputMatrix: drawNormal([1, length, state], 'B'),
      outputMatrix: drawNormal([1, length, state], 'C'),
      skip: drawNormal([inner], 'D'),
      stepBias: drawNormal([inner], 'bias'),
    };
    const { y } = selectiveScan(scan);
    for (let channel = 0; channel < inner; channel++) {
      const column = (values: Tensor) => reshape(slice(values, [0, 0, channel], [1, length, 1]), [length, 1]);
      const weights = reshape(impliedAttention(scan, channel), [length, length]);
      const passed = mul(column(scan.x), slice(scan.skip, [channel], [1]));
      expect(await distance(add(matMul(weights, column(scan.x)), passed), column(y))).toBeLessThan(1e-5);
    }
  });

  it('observes step sizes, state norms and attention of a mixer', async () => {
    const options = { width: 4, innerWidth: 6, stateSize: 2, kernelSize: 3, stepRank: 1 };
    const mixer = initialize(new MambaMixer({ ...options, bias: false, convolutionBias: true, activation: 'silu' }), 1);
    const shapes: Record<string, readonly number[]> = {};
    const observe = (name: string, tensor: Tensor) => {
      shapes[name] = tensor.shape;
    };
    mixer.mix(drawNormal([2, 5, 4], 'x'), mixer.initState(2), { observe });
    expect(shapes).toEqual({ stepSizes: [2, 5, 6], stateNorms: [2, 5], attention: [2, 5, 5] });
    // Values that are not observed are not offered, nor inside a part of a model.
    const seen: string[] = [];
    const wanting = Object.assign((name: string) => void seen.push(name), {
      isObserved: (name: string) => name === 'mixer.stateNorms',
    });
    mixer.mix(drawNormal([2, 5, 4], 'x'), mixer.initState(2), within({ observe: wanting }, 'mixer'));
    expect(seen).toEqual(['mixer.stateNorms']);
    mixer.dispose();
  });
});
