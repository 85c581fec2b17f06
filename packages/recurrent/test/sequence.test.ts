import { byReference } from '@sequitur/core';
import { distance, drawNormal, expectGradientOfDifferences, onEachBackend } from '@sequitur/laws';
import {
  concat,
  dispose,
  grads,
  ones,
  slice,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { lstmSequence } from '../src/ops/lstm-sequence/index.js';
import type { Masks } from '../src/ops/masks.js';
import { joined, kinds, type Sizes } from './kinds.js';

const shapes: Record<string, Sizes> = {
  'a single sequence': { batch: 1, length: 5, hidden: 8 },
  'widths that are no multiple of 4': { batch: 3, length: 4, hidden: 5 },
  'more sequences than the rows of a tile': { batch: 6, length: 3, hidden: 12 },
  'one position': { batch: 4, length: 1, hidden: 6 },
};

/** Padding at the end of every sequence and, in those that are long enough, a reset inside. */
function masksFor({ batch, length }: Sizes): Masks {
  const rows = Array.from({ length: batch }, () => Array.from({ length }, (_, t) => t));
  const real = rows.map((row) => row.map((t) => (length > 2 && t === length - 1 ? 0 : 1)));
  const keep = rows.map((row) => row.map((t) => (t === 2 ? 0 : 1)));
  return { real: tensor(real.flat(), [batch, length]), keep: tensor(keep.flat(), [batch, length]) };
}

const plain = ({ batch, length }: Sizes): Masks => ({ real: ones([batch, length]), keep: ones([batch, length]) });

onEachBackend('fused recurrences', () => {
  for (const [kind, { tensorsOf, run }] of Object.entries(kinds)) {
    for (const [name, sizes] of Object.entries(shapes)) {
      it(`${kind}, ${name}: outputs and gradients equal the reference`, async () => {
        const [tensors, masks] = [tensorsOf(sizes), masksFor(sizes)];
        const compute = () => {
          const gradients = grads((...values: Tensor[]) => sum(joined(run(values, masks))))(tensors);
          return [...run(tensors, masks), ...gradients];
        };
        const found = tidy(compute);
        const wanted = byReference(() => tidy(compute));
        for (const [index, value] of wanted.entries()) {
          expect(await distance(found[index]!, value), String(index)).toBeLessThan(5e-6);
        }
        dispose([...tensors, masks.real, masks.keep, ...found, ...wanted]);
      });
    }

    it(`${kind} has the gradient of finite differences, padding and resets included`, async () => {
      const sizes = { batch: 2, length: 4, hidden: 3 };
      const [tensors, masks] = [tensorsOf(sizes), masksFor(sizes)];
      await expectGradientOfDifferences((...values) => joined(run(values, masks)), tensors, { samples: 6 });
      dispose([...tensors, masks.real, masks.keep]);
    });

    it(`${kind} passes its state on: two calls equal one`, async () => {
      const sizes = { batch: 2, length: 7, hidden: 6 };
      const [gates, weight, ...rest] = tensorsOf(sizes) as [Tensor3D, Tensor2D, ...Tensor[]];
      const given = rest.slice(kind === 'GRU' ? 1 : 2);
      const whole = run([gates, weight, ...rest], plain(sizes));
      const part = (from: number, length: number, state: readonly Tensor[]) =>
        run([slice(gates, [0, from], [2, length]), weight, ...state, ...given], plain({ ...sizes, length }));
      const [before, ...state] = part(0, 3, rest.slice(0, whole.length - 1)) as [Tensor, ...Tensor[]];
      const [after, ...last] = part(3, 4, state) as [Tensor, ...Tensor[]];
      expect(await distance(concat([before, after], 1), whole[0]!)).toBeLessThan(1e-6);
      for (const [index, value] of last.entries()) {
        expect(await distance(value, whole[index + 1]!)).toBeLessThan(1e-6);
      }
    });
  }

  it('refuses arguments that do not match, by name', () => {
    const sizes = { batch: 2, length: 3, hidden: 4 };
    const [gates, weight] = kinds.LSTM!.tensorsOf(sizes) as [Tensor3D, Tensor2D];
    const state = drawNormal<Tensor2D>([2, 5], 'state');
    expect(() => lstmSequence({ gates, weight, hidden: state, cell: state, ...plain(sizes) })).toThrow(
      /lstmSequence, hidden: expected shape \[2, 4\]/,
    );
  });
});
