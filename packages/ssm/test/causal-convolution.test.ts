import { distance, drawNormal, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  concat,
  dispose,
  reshape,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { causalConvolution } from '../src/index.js';
import { causalConvolutionReference } from '../src/ops/causal-convolution/reference.js';

const shapes = {
  'kernel 4': { batch: 2, length: 9, channels: 5, kernel: 4 },
  'kernel 3, whole vectors': { batch: 1, length: 7, channels: 8, kernel: 3 },
  'shorter than the kernel': { batch: 2, length: 2, channels: 6, kernel: 4 },
  'one tap': { batch: 1, length: 3, channels: 4, kernel: 1 },
};

onEachBackend('causal convolution', () => {
  for (const [name, { batch, length, channels, kernel }] of Object.entries(shapes)) {
    const make = () => ({
      x: drawNormal<Tensor3D>([batch, length, channels], 'x'),
      weight: drawNormal<Tensor2D>([kernel, channels], 'w'),
      bias: drawNormal([channels], 'b'),
      state: drawNormal<Tensor3D>([batch, kernel - 1, channels], 's'),
    });
    for (const activation of ['silu', 'none'] as const) {
      it(`${name}, ${activation}: equals the reference and has the gradient of finite differences`, async () => {
        const { x, weight, bias, state } = make();
        const found = causalConvolution({ x, weight, bias, state }, activation);
        const wanted = causalConvolutionReference(concat([state, x], 1), weight, bias, activation);
        expect(await distance(found.y, wanted)).toBeLessThan(1e-6);
        const f = (...[x, weight, bias, state]: Tensor[]) => {
          const { y, state: last } = causalConvolution(
            { x: x as Tensor3D, weight: weight as Tensor2D, bias, state: state as Tensor3D },
            activation,
          );
          return concat([reshape(y, [-1]), reshape(last, [-1])]);
        };
        await expectGradientOfDifferences(f, kernel > 1 ? [x, weight, bias, state] : [x, weight, bias], { samples: 8 });
        dispose([x, weight, bias, state, found.y, found.state, wanted]);
      });
    }
  }

  it('passes the state on: chunks of any length equal one call', async () => {
    const [x, weight] = [drawNormal<Tensor3D>([2, 9, 3], 'x'), drawNormal<Tensor2D>([4, 3], 'w')];
    const whole = causalConvolution({ x, weight });
    const pieces: Tensor[] = [];
    let state: Tensor3D | undefined;
    for (const [from, count] of [
      [0, 1],
      [1, 2],
      [3, 5],
      [8, 1],
    ] as const) {
      const piece = causalConvolution({ x: slice(x, [0, from, 0], [2, count, 3]), weight, state });
      pieces.push(piece.y);
      state = piece.state;
    }
    expect(await distance(concat(pieces, 1), whole.y)).toBeLessThan(1e-6);
    expect(await distance(state!, whole.state)).toBe(0);
  });

  it('reads nothing across a reset, and keeps no state from before it', async () => {
    const [x, weight, bias] = [
      drawNormal<Tensor3D>([1, 8, 3], 'x'),
      drawNormal<Tensor2D>([4, 3], 'w'),
      drawNormal([3], 'b'),
    ];
    const resets = tensor([0, 0, 0, 1, 0, 0, 1, 0], [1, 8]) as Tensor2D;
    const packed = causalConvolution({ x, weight, bias, resets });
    const alone = [
      [0, 3],
      [3, 3],
      [6, 2],
    ].map(([from, count]) => causalConvolution({ x: slice(x, [0, from!, 0], [1, count!, 3]), weight, bias }));
    expect(
      await distance(
        packed.y,
        concat(
          alone.map(({ y }) => y),
          1,
        ),
      ),
    ).toBeLessThan(1e-6);
    expect(await distance(packed.state, alone[2]!.state)).toBe(0);
    await expectGradientOfDifferences(
      (x, weight) => causalConvolution({ x: x as Tensor3D, weight: weight as Tensor2D, resets }).y,
      [x, weight],
      { samples: 8 },
    );
  });
});
