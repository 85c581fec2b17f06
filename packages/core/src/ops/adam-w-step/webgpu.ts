import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import type { WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { partsOf } from '../../backends/webgpu/parts.js';
import type { AdamWCoefficients } from './coefficients.js';
import type { AdamWMoments } from './reference.js';

const SIZE = 256;

/** One pass over the four arrays; `factor` scales the gradient. */
const kernel = (scaledByTensor: boolean): WebGpuKernel => ({
  name: `AdamW${scaledByTensor ? ', scaled by a tensor' : ''}`,
  reads: { gradient: 'f32', ...(scaledByTensor && { factor: 'f32' }) },
  writes: { parameter: 'f32', firstMoment: 'f32', secondMoment: 'f32' },
  parameters: {
    ...{ count: 'u32', scale: 'f32', beta2: 'f32', rest1: 'f32', rest2: 'f32', epsilon: 'f32' },
    ...{ decay: 'f32', stepSize: 'f32', inverseRootCorrection2: 'f32' },
  },
  workgroupSize: SIZE,
  code: `
  let i = group * SIZE + lane;
  if (i >= p.count) { return; }
  let g = gradient[i] * ${scaledByTensor ? 'factor[0]' : 'p.scale'};
  let m = firstMoment[i] + (g - firstMoment[i]) * p.rest1;
  let v = secondMoment[i] * p.beta2 + g * g * p.rest2;
  firstMoment[i] = m;
  secondMoment[i] = v;
  parameter[i] = parameter[i] * p.decay - m / (sqrt(v) * p.inverseRootCorrection2 + p.epsilon) * p.stepSize;`,
});

/** As `adamWInPlaceWasm`, on the GPU, in parts where the arrays are too large for one binding. */
export function adamWInPlaceWebGpu(
  { parameter, firstMoment, secondMoment }: AdamWMoments,
  gradient: Tensor,
  scale: number | Tensor,
  c: AdamWCoefficients,
): boolean {
  const current = backend();
  const gpu = webGpuInstance(current);
  const changed = [parameter, firstMoment, secondMoment];
  if (!gpu || changed.some(({ dataId }) => current.refCount(dataId) > 1)) return false;
  const factor = typeof scale === 'number' ? null : scale;
  for (const { start, count } of partsOf(parameter.size, gpu.mostBindingBytes)) {
    const part = (of: Tensor) => ({ of, start, count });
    gpu.compute(kernel(factor !== null), {
      tensors: {
        gradient: part(gradient),
        parameter: part(parameter),
        firstMoment: part(firstMoment),
        secondMoment: part(secondMoment),
        ...(factor && { factor }),
      },
      parameters: { ...c, count, scale: typeof scale === 'number' ? scale : 1 },
      workgroups: groupsOf(count, SIZE),
    });
  }
  return true;
}
