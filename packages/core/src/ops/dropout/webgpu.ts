import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { WebGpuKernel } from '../../backends/webgpu/kernel.js';
import type { NativeKernel } from '../define-op.js';
import { type DropoutAttributes, dropoutThreshold } from './reference.js';

const SIZE = 256;

/** The bits are those of `dropoutBits`. */
const kernel: WebGpuKernel = {
  name: 'dropout',
  reads: { x: 'f32' },
  writes: { y: 'f32' },
  parameters: { count: 'u32', seed: 'u32', threshold: 'u32', scale: 'f32' },
  workgroupSize: SIZE,
  declarations: `
fn finalise(bits : u32) -> u32 {
  var h = bits;
  h = (h ^ (h >> 16u)) * 0x85ebca6bu;
  h = (h ^ (h >> 13u)) * 0xc2b2ae35u;
  return h ^ (h >> 16u);
}`,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let bits = finalise(finalise(i ^ p.seed) + p.seed * 0x9e3779b9u);
  y[i] = select(0.0, x[i] * p.scale, bits >= p.threshold);`,
};

export const dropoutWebGpu: NativeKernel<DropoutAttributes> = ({ inputs: { x }, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { rate, seed } = attributes;
  const y = gpu.output(x!.shape);
  gpu.compute(kernel, {
    tensors: { x: x!, y },
    parameters: { count: x!.size, seed, threshold: dropoutThreshold(rate), scale: 1 / (1 - rate) },
    workgroups: groupsOf(x!.size, SIZE),
  });
  return [y];
};
