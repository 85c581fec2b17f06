import type { TensorInfo } from '@tensorflow/tfjs-core';
import { groupsOf, type WebGpuInstance, webGpuInstance } from '../../backends/webgpu/compute.js';
import { REDUCTIONS, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { partsOf } from '../../backends/webgpu/parts.js';
import type { NativeKernel } from '../define-op.js';

const SIZE = 256;
/** Workgroups per part; their sums are added by one more. */
const MOST_GROUPS = 256;

/** Each workgroup sums interleaved elements, and writes to its index from `first` on. */
const reduction = (square: boolean): WebGpuKernel => ({
  name: square ? 'sums of squares' : 'sum',
  reads: { x: 'f32' },
  writes: { sums: 'f32' },
  parameters: { count: 'u32', groups: 'u32', first: 'u32' },
  workgroupSize: SIZE,
  declarations: REDUCTIONS,
  code: `
  if (group >= p.groups) { return; }
  var sum = 0.0;
  for (var i = group * SIZE + lane; i < p.count; i += p.groups * SIZE) {
    sum += ${square ? 'x[i] * x[i]' : 'x[i]'};
  }
  let whole = total(lane, sum);
  if (lane == 0u) { sums[p.first + group] = whole; }`,
});

export const squaredSumWebGpu: NativeKernel<object> = ({ inputs: { x }, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu || x!.size === 0) return null;
  const output = gpu.output([]);
  const parts = partsOf(x!.size, gpu.mostBindingBytes).map((part) => ({
    ...part,
    groups: Math.min(MOST_GROUPS, groupsOf(part.count, SIZE * 8)),
  }));
  const groups = parts.reduce((sum, part) => sum + part.groups, 0);
  if (groups === 1) sumSquares(gpu, x!, parts, output);
  else
    gpu.withScratch([groups], (sums) => {
      sumSquares(gpu, x!, parts, sums);
      const call = { tensors: { x: sums, sums: output }, parameters: { count: groups, groups: 1, first: 0 } };
      gpu.compute(reduction(false), { ...call, workgroups: 1 });
    });
  return [output];
};

function sumSquares(
  gpu: WebGpuInstance,
  x: TensorInfo,
  parts: readonly { start: number; count: number; groups: number }[],
  sums: TensorInfo,
): void {
  let first = 0;
  for (const { start, count, groups } of parts) {
    const call = { tensors: { x: { of: x, start, count }, sums }, parameters: { count, groups, first } };
    gpu.compute(reduction(true), { ...call, workgroups: groups });
    first += groups;
  }
}
