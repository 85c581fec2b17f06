import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import { REDUCTIONS, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { COLUMNS, columnReduction } from '../column-sums/webgpu.js';
import type { NativeKernel } from '../define-op.js';
import type { RmsNormAttributes } from './reference.js';

const parameters = { groups: 'u32', size: 'u32', width: 'u32', epsilon: 'f32', offset: 'f32' } as const;

/** 1 / rms of a group of adjacent elements, one workgroup each. */
const INVERSE_RMS = `
  if (group >= p.groups) { return; }
  let start = group * p.size;
  let first = start % p.width; // of the weights
  var squares = 0.0;
  for (var i = lane; i < p.size; i += SIZE) { squares += x[start + i] * x[start + i]; }
  let inverse = inverseSqrt(total(lane, squares) / f32(p.size) + p.epsilon);
`;

const forward: WebGpuKernel = {
  name: 'RMS norm',
  reads: { x: 'f32', weight: 'f32' },
  writes: { y: 'f32' },
  parameters,
  declarations: REDUCTIONS,
  code: `${INVERSE_RMS}
  for (var i = lane; i < p.size; i += SIZE) {
    y[start + i] = x[start + i] * inverse * (weight[first + i] + p.offset);
  }`,
};

/** dx = r (g - n mean(g n)) with g = (weight + offset) dy; also r of each group. */
const backwardRows: WebGpuKernel = {
  name: 'RMS norm gradient',
  reads: { x: 'f32', weight: 'f32', dy: 'f32' },
  writes: { dx: 'f32', inverses: 'f32' },
  parameters,
  declarations: REDUCTIONS,
  code: `${INVERSE_RMS}
  var along = 0.0;
  for (var i = lane; i < p.size; i += SIZE) {
    along += (weight[first + i] + p.offset) * dy[start + i] * x[start + i] * inverse;
  }
  let meanAlong = total(lane, along) / f32(p.size);
  for (var i = lane; i < p.size; i += SIZE) {
    let g = (weight[first + i] + p.offset) * dy[start + i];
    dx[start + i] = (g - x[start + i] * inverse * meanAlong) * inverse;
  }
  if (lane == 0u) { inverses[group] = inverse; }`,
};

const backwardColumns = columnReduction({
  name: 'RMS norm gradient by its weight',
  reads: { x: 'f32', dy: 'f32', inverses: 'f32' },
  parameters: { rows: 'u32', columns: 'u32', size: 'u32' },
  sums: { dweight: 'dy[at] * x[at] * inverses[at / p.size]' },
});

export const rmsNormWebGpu: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [x, weight] = [inputs.x!, inputs.weight!];
  const y = gpu.output(x.shape);
  const groups = x.size / attributes.groupSize;
  gpu.compute(forward, {
    tensors: { x, weight, y },
    parameters: parametersOf(attributes, groups, weight.shape[0]!),
    workgroups: groups,
  });
  return [y];
};

export const rmsNormGradientWebGpu: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [x, weight, dy] = [inputs.x!, inputs.weight!, inputs.dy!];
  const width = weight.shape[0]!;
  const groups = x.size / attributes.groupSize;
  const [dx, dweight] = [gpu.output(x.shape), gpu.output([width])];
  gpu.withScratch([groups], (inverses) => {
    gpu.compute(backwardRows, {
      tensors: { x, weight, dy, dx, inverses },
      parameters: parametersOf(attributes, groups, width),
      workgroups: groups,
    });
    gpu.compute(backwardColumns, {
      tensors: { x, dy, inverses, dweight },
      parameters: { rows: x.size / width, columns: width, size: attributes.groupSize },
      workgroups: groupsOf(width, COLUMNS),
    });
  });
  return [dx, dweight];
};

function parametersOf({ epsilon, groupSize, weightOffset }: RmsNormAttributes, groups: number, width: number) {
  return { groups, size: groupSize, width, epsilon, offset: weightOffset };
}
