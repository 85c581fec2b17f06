import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { NativeKernel } from '../define-op.js';
import { timesTransposed } from '../products/index.js';

/** In parts where the table is too large for one binding. */
export const unembedWebGpu: NativeKernel<object> = ({ inputs: { x, table } }) => [
  timesTransposed(x as Tensor2D, table as Tensor2D),
];
