import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { util } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../replace-kernel.js';
import { wasmInstance } from './instance.js';

interface Summands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/**
 * Sums of tensors of one shape, as residual streams and gradients are: tfjs's kernel finds the place of every number anew,
 * as if it had to be broadcast. All other sums stay its own.
 */
export function registerAdd(): void {
  replaceKernel<Summands, object>('wasm', 'Add', (stock) => (call) => {
    const { a, b } = call.inputs;
    const wasm = wasmInstance(call.backend as KernelBackend);
    const alike = a.dtype === 'float32' && b.dtype === 'float32' && util.arraysEqual(a.shape, b.shape);
    if (!wasm || !alike) return stock(call);
    const sum = wasm.output(a.shape);
    wasm.kernels.add(util.sizeFromShape(a.shape), wasm.offset(a), wasm.offset(b), wasm.offset(sum));
    return sum;
  });
}
