import { expectAsReference, onEachBackend } from '@sequitur/laws';
import { concat, exp, neg, reshape, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { causalConvolution, selectiveScan } from '../src/index.js';

const [BATCH, LENGTH, INNER, STATE, GROUPS] = [2, 75, 140, 5, 2];

onEachBackend(
  'scans and convolutions beyond one workgroup',
  (name) => {
    it('selective scan over 75 steps of 2 x 140 channels in 2 groups', { timeout: 240_000 }, () =>
      expectAsReference(
        name,
        {
          f: (...[x, stepSize, rates, inputMatrix, outputMatrix, skip, stepBias, initialState]: Tensor[]) => {
            const { y, state } = selectiveScan({
              ...{ x: x as Tensor3D, stepSize: stepSize as Tensor3D, stateMatrix: neg(exp(rates!)) as never },
              ...{ inputMatrix: inputMatrix as never, outputMatrix: outputMatrix as never, skip: skip as never },
              ...{ stepBias: stepBias as never, initialState: initialState as never },
            });
            return concat([reshape(y, [-1]), reshape(state, [-1])]);
          },
          shapes: [
            [BATCH, LENGTH, INNER],
            [BATCH, LENGTH, INNER],
            [INNER, STATE],
            [BATCH, LENGTH, GROUPS, STATE],
            [BATCH, LENGTH, GROUPS, STATE],
            [INNER],
            [INNER],
            [BATCH, INNER, STATE],
          ],
        },
        { tolerance: 5e-5, kernels: ['selective scan', 'selective scan gradient'] },
      ),
    );

    it('causal convolution of 2 x 75 positions of 140 channels', { timeout: 240_000 }, () =>
      expectAsReference(
        name,
        {
          f: (x, weight, bias, state) =>
            causalConvolution({ x: x as never, weight: weight as never, bias: bias!, state: state as never }).y,
          shapes: [[BATCH, LENGTH, INNER], [4, INNER], [INNER], [BATCH, 3, INNER]],
        },
        { tolerance: 2e-5, kernels: ['causal convolution', 'causal convolution, weight gradient'] },
      ),
    );
  },
  ['webgpu'],
);
