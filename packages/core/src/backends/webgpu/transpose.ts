import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { groupsOf, webGpuInstance } from './compute.js';
import type { WebGpuKernel } from './kernel.js';

interface OneInput {
  readonly x: TensorInfo;
}

interface Permutation {
  readonly perm: readonly number[];
}

const SIZE = 256;

/**
 * Replaces the transposition of integers and booleans of three and more axes, for which tfjs's kernel does not compile.
 */
export function registerTranspose(): void {
  replaceKernel<OneInput, Permutation>('webgpu', 'Transpose', (stock) => (call) => {
    const gpu = webGpuInstance(call.backend);
    const { x } = call.inputs;
    const { perm } = call.attrs;
    const count = sizeOf(x.shape);
    if (!gpu || x.dtype === 'float32' || x.shape.length < 3 || count === 0) return stock(call);
    const y = gpu.output(
      perm.map((axis) => x.shape[axis]!),
      x.dtype,
    );
    const strides = [...util.computeStrides(x.shape), 1];
    gpu.compute(kernelOf(perm.length), {
      tensors: { x, y },
      parameters: {
        count,
        ...named('size', y.shape),
        ...named(
          'step',
          perm.map((axis) => strides[axis]!),
        ),
      },
      workgroups: groupsOf(count, SIZE),
    });
    return y;
  });
}

function named(name: string, values: readonly number[]): Record<string, number> {
  return Object.fromEntries(values.map((value, axis) => [`${name}${axis}`, value]));
}

/** Decomposes the index of each element along the axes of the result, last axis first. */
const kernelOf = (rank: number): WebGpuKernel => {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const fields = axes.flatMap((axis) => [`size${axis}`, `step${axis}`]);
  return {
    name: `transposition of ${rank} axes of integers`,
    reads: { x: 'u32' },
    writes: { y: 'u32' },
    parameters: { count: 'u32', ...Object.fromEntries(fields.map((field) => [field, 'u32' as const])) },
    workgroupSize: SIZE,
    code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  var left = i;
  var at = 0u;
  ${axes
    .reverse()
    .map((axis) => `at += (left % p.size${axis}) * p.step${axis}; left /= p.size${axis};`)
    .join('\n  ')}
  y[i] = x[at];`,
  };
};
