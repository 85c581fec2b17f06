import { type KernelBackend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../replace-kernel.js';
import { wasmInstance } from './instance.js';

interface Gathered {
  readonly x: TensorInfo;
  readonly indices: TensorInfo;
}

interface GatherPlace {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * Replaces the gathering of whole rows, as in reordering beams and batches: tfjs's kernel computes the index of every
 * element and is some forty times slower than copying. Other cases, and indices out of range, are left to tfjs.
 */
export function registerGatherRows(): void {
  replaceKernel<Gathered, GatherPlace>('wasm', 'GatherV2', (stock) => (call) => {
    const { x, indices } = call.inputs;
    const { axis, batchDims } = call.attrs;
    const wasm = wasmInstance(call.backend as KernelBackend);
    const isRows = axis === 0 && batchDims === 0 && (x.dtype === 'float32' || x.dtype === 'int32');
    if (!wasm || !isRows || indices.dtype !== 'int32' || x.shape.length === 0) return stock(call);
    const count = util.sizeFromShape(indices.shape);
    const rows = [...wasm.integers(wasm.offset(indices), count)];
    if (rows.some((row) => row < 0 || row >= x.shape[0]!)) return stock(call);
    const gathered = wasm.output([...indices.shape, ...x.shape.slice(1)], x.dtype);
    const size = util.sizeFromShape(x.shape.slice(1));
    // Viewed as integers, elements keep their bits.
    const source = wasm.integers(wasm.offset(x), size * x.shape[0]!);
    const target = wasm.integers(wasm.offset(gathered), size * count);
    for (const [place, row] of rows.entries()) target.set(source.subarray(row * size, (row + 1) * size), place * size);
    return gathered;
  });
}
