import { linearScan } from '@sequitur/core';
import { exp, reshape, slice, type Tensor2D, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import type { Operation } from './operation.js';
import { recurrenceOf } from './recurrence.js';

export const hgrnCases: Operation = (given) =>
  recurrenceOf(given, ['x', 'g', 'initial_state'], ({ x, g, initial_state }) => {
    const [batch, length, width] = x!.shape as [number, number, number];
    const initial = (initial_state ?? zeros([batch, width])) as Tensor2D;
    const out = linearScan(exp(g!) as Tensor3D, x as Tensor3D, initial);
    return { out, final_state: reshape(slice(out, [0, length - 1, 0], [batch, 1, width]), [batch, width]) };
  });
