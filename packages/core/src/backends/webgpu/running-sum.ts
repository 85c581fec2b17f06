import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../shape.js';
import { replaceKernel } from '../replace-kernel.js';
import { webGpuInstance } from './compute.js';
import type { NumberType, WebGpuKernel } from './kernel.js';

interface OneInput {
  readonly x: TensorInfo;
}

interface RunningSum {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * Replaces tfjs's cumsum: it compiles the length of the first call into a kernel that it then uses for every length, so
 * that later reverse sums are wrong.
 */
export function registerRunningSum(): void {
  replaceKernel<OneInput, RunningSum>('webgpu', 'Cumsum', (stock) => (call) => {
    const gpu = webGpuInstance(call.backend);
    const { x } = call.inputs;
    if (!gpu || (x.dtype !== 'float32' && x.dtype !== 'int32') || sizeOf(x.shape) === 0) return stock(call);
    const { axis, exclusive, reverse } = call.attrs;
    const at = axis < 0 ? axis + x.shape.length : axis;
    const length = x.shape[at] ?? 1;
    const inner = sizeOf(x.shape.slice(at + 1));
    const lines = sizeOf(x.shape) / length;
    const y = gpu.output(x.shape, x.dtype);
    gpu.compute(kernelFor(x.dtype === 'float32' ? 'f32' : 'i32'), {
      tensors: { x, y },
      parameters: { lines, length, inner, exclusive: Number(exclusive), reverse: Number(reverse) },
      workgroups: lines,
    });
    return y;
  });
}

/** One line along the axis per workgroup: each lane sums a part of it, then computes its running sum. */
const kernelFor = (type: NumberType): WebGpuKernel => ({
  name: `running sum of ${type}`,
  reads: { x: type },
  writes: { y: type },
  parameters: { lines: 'u32', length: 'u32', inner: 'u32', exclusive: 'u32', reverse: 'u32' },
  declarations: `
var<workgroup> stretches : array<${type}, SIZE>;
fn placeOf(line : u32, step : u32) -> u32 {
  let along = select(step, p.length - 1u - step, p.reverse == 1u);
  return ((line / p.inner) * p.length + along) * p.inner + line % p.inner;
}`,
  code: `
  if (group >= p.lines) { return; }
  let stretch = (p.length + SIZE - 1u) / SIZE;
  let first = min(lane * stretch, p.length);
  let end = min(first + stretch, p.length);
  var sum = ${type}(0);
  for (var step = first; step < end; step++) { sum += x[placeOf(group, step)]; }
  stretches[lane] = sum;
  workgroupBarrier();
  sum = ${type}(0);
  for (var before = 0u; before < lane; before++) { sum += stretches[before]; }
  for (var step = first; step < end; step++) {
    let at = placeOf(group, step);
    let value = x[at];
    y[at] = select(sum + value, sum, p.exclusive == 1u);
    sum += value;
  }`,
});
