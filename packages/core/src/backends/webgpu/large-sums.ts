import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { groupsOf, type WebGpuInstance, webGpuInstance } from './compute.js';
import type { WebGpuKernel } from './kernel.js';
import { partsOf } from './parts.js';

interface Summands {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

const SIZE = 256;

const sum: WebGpuKernel = {
  name: 'sum of large tensors',
  reads: { a: 'f32', b: 'f32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32' },
  workgroupSize: SIZE,
  code: `
  let i = group * SIZE + lane;
  if (i < p.count) { y[i] = a[i] + b[i]; }`,
};

/**
 * Additions of equal shapes that are too large for one binding run in parts: the gradients of tied embeddings for
 * example.
 */
export function registerLargeSums(): void {
  replaceKernel<Summands, object>('webgpu', 'Add', (stock) => (call) => {
    const gpu = webGpuInstance(call.backend);
    const { a, b } = call.inputs;
    const large = gpu && sizeOf(a.shape) * 4 > gpu.mostBindingBytes && String(a.shape) === String(b.shape);
    return large && a.dtype === 'float32' && b.dtype === 'float32' ? sumInParts(gpu, a, b) : stock(call);
  });
}

function sumInParts(gpu: WebGpuInstance, a: TensorInfo, b: TensorInfo): TensorInfo {
  const y = gpu.output(a.shape);
  for (const { start, count } of partsOf(sizeOf(a.shape), gpu.mostBindingBytes)) {
    const part = (of: TensorInfo) => ({ of, start, count });
    gpu.compute(sum, {
      tensors: { a: part(a), b: part(b), y: part(y) },
      parameters: { count },
      workgroups: groupsOf(count, SIZE),
    });
  }
  return y;
}
