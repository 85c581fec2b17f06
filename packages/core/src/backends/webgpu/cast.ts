import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { groupsOf, webGpuInstance } from './compute.js';
import type { WebGpuKernel } from './kernel.js';

const SIZE = 256;

const toFloats: WebGpuKernel = {
  name: 'integers as floats',
  reads: { x: 'i32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32' },
  workgroupSize: SIZE,
  code: `
  let i = group * SIZE + lane;
  if (i < p.count) { y[i] = f32(x[i]); }`,
};

/**
 * Casts of integers and booleans to float32 convert their values. tfjs only changes the dtype and keeps the bits, which
 * its own kernels take into account; ours, and copies into a cache, rely on the dtype.
 */
export function registerCast(): void {
  replaceKernel<{ x: TensorInfo }, { dtype: DataType }>('webgpu', 'Cast', (stock) => (call) => {
    const gpu = webGpuInstance(call.backend);
    const { x } = call.inputs;
    const count = sizeOf(x.shape);
    const isWhole = x.dtype === 'int32' || x.dtype === 'bool';
    if (!gpu || !isWhole || call.attrs.dtype !== 'float32' || count === 0) return stock(call);
    const y = gpu.output(x.shape);
    gpu.compute(toFloats, { tensors: { x, y }, parameters: { count }, workgroups: groupsOf(count, SIZE) });
    return y;
  });
}
