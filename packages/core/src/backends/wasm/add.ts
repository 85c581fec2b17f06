import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../replace-kernel.js';
import { wasmInstance } from './instance.js';
import { runOnNumbers } from './rows.js';

/** Cost of one element, in multiplications. */
const COST = 8;

interface Summands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/**
 * Replaces the addition of tensors of equal shape, as in residual streams and gradients: tfjs's kernel computes the
 * index of every element as if it were broadcast. Other additions are left to tfjs.
 */
export function registerAdd(): void {
  replaceKernel<Summands, object>('wasm', 'Add', (stock) => (call) => {
    const { a, b } = call.inputs;
    const wasm = wasmInstance(call.backend as KernelBackend);
    const alike = a.dtype === 'float32' && b.dtype === 'float32' && util.arraysEqual(a.shape, b.shape);
    if (!wasm || !alike) return stock(call);
    const sum = wasm.output(a.shape);
    const [first, second, to] = [wasm.offset(a), wasm.offset(b), wasm.offset(sum)];
    runOnNumbers(wasm, 'add', { count: util.sizeFromShape(a.shape), cost: COST }, (count, bytes) => [
      ...[count, first + bytes, second + bytes, to + bytes],
    ]);
    return sum;
  });
}
