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
 * Integers and booleans that are cast to float32 become floats. tfjs only calls them so and leaves the numbers as they
 * lie, which its own kernels know of; ours, and copies into a memory, take a float32 tensor at its word.
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
