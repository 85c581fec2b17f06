import type { Tensor } from '@tensorflow/tfjs-core';
import { defineOp, type Op } from '../define-op.js';
import { expectNumber, expectTensor } from '../expect-tensor.js';
import { onWebGpu } from '../on-webgpu.js';
import { dropoutCpu } from './cpu.js';
import { type DropoutAttributes, dropoutReference } from './reference.js';
import { dropoutWasm } from './wasm.js';

/** {x} -> [x with elements dropped]; the gradient draws the same mask again. */
const dropoutOp: Op<DropoutAttributes> = defineOp<DropoutAttributes>({
  name: 'SequiturDropout',
  reference: ({ x }, { rate, seed }) => [dropoutReference(x!, rate, seed)],
  gradient: { of: ([dy], _saved, attributes) => ({ x: () => dropoutOp({ x: dy! }, attributes)[0]! }) },
  kernels: { cpu: dropoutCpu, wasm: dropoutWasm, webgpu: onWebGpu(({ dropoutWebGpu }) => dropoutWebGpu) },
});

/**
 * Dropout by seed (Srivastava et al. 2014): sets elements to zero with probability `rate` and divides the rest by 1 -
 * rate. The mask depends on `seed` and index only: the same on every backend.
 *
 * @param x float32 of any shape
 * @param rate in [0, 1)
 * @param seed an integer in [0, 2³²); use a new one for every call
 * @returns float32 of the shape of x, which the caller disposes
 * @throws SequiturError when the dtype, rate or seed is invalid
 */
export function dropout<T extends Tensor>(x: T, rate: number, seed: number): T {
  expectTensor('dropout, x', x);
  expectNumber('dropout, rate', rate, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
  expectNumber(
    'dropout, seed',
    seed,
    'an integer in [0, 2^32)',
    (value) => Number.isInteger(value) && value >= 0 && value < 2 ** 32,
  );
  return dropoutOp({ x }, { rate, seed })[0] as T;
}
