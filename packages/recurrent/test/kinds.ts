import { drawNormal } from '@sequitur/laws';
import { concat, mul, reshape, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { gruSequence } from '../src/ops/gru-sequence/index.js';
import { lstmSequence } from '../src/ops/lstm-sequence/index.js';
import type { Masks } from '../src/ops/masks.js';

export interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly hidden: number;
}

/** A kind of recurrence with its tensors in a list, so that all kinds run through the same tests. */
export interface Kind {
  tensorsOf(sizes: Sizes): Tensor[];
  /** The outputs, and each part of the last state. */
  run(tensors: readonly Tensor[], masks: Masks): Tensor[];
}

export const kinds: Record<string, Kind> = {
  LSTM: {
    tensorsOf: ({ batch, length, hidden }) => [
      drawNormal([batch, length, 4 * hidden], 'gates'),
      drawNormal([hidden, 4 * hidden], 'weight', 1 / Math.sqrt(hidden)),
      drawNormal([batch, hidden], 'hidden'),
      drawNormal([batch, hidden], 'cell'),
    ],
    run: ([gates, weight, hidden, cell], masks) => {
      const given = { gates: gates as Tensor3D, weight: weight as Tensor2D };
      const found = lstmSequence({ ...given, hidden: hidden as Tensor2D, cell: cell as Tensor2D, ...masks });
      return [found.outputs, found.hidden, found.cell];
    },
  },
  GRU: {
    tensorsOf: ({ batch, length, hidden }) => [
      drawNormal([batch, length, 3 * hidden], 'gates'),
      drawNormal([hidden, 3 * hidden], 'weight', 1 / Math.sqrt(hidden)),
      drawNormal([batch, hidden], 'hidden'),
      drawNormal([3 * hidden], 'bias'),
    ],
    run: ([gates, weight, hidden, bias], masks) => {
      const given = { gates: gates as Tensor3D, weight: weight as Tensor2D, bias: bias as Tensor1D };
      const found = gruSequence({ ...given, hidden: hidden as Tensor2D, ...masks });
      return [found.outputs, found.hidden];
    },
  },
};

/** All outputs in one row, each element with a different factor. */
export function joined(outputs: readonly Tensor[]): Tensor {
  const row = concat(outputs.map((output) => reshape(output, [-1])));
  return mul(row, drawNormal(row.shape, 'factors'));
}
