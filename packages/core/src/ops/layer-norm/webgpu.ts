import { groupsOf, webGpuInstance } from '../../backends/webgpu/compute.js';
import { REDUCTIONS, type WebGpuKernel } from '../../backends/webgpu/kernel.js';
import { COLUMNS, columnReduction } from '../column-sums/webgpu.js';
import type { NativeKernel } from '../define-op.js';
import type { LayerNormAttributes } from './reference.js';

/**
 * Mean and 1 / sqrt(variance + epsilon) of row `group`. The mean is computed twice as in the reference, and kept as its
 * two parts: far from zero, rounding their sum would exceed the variation of the row.
 */
const STATISTICS = `
  if (group >= p.rows) { return; }
  let start = group * p.width;
  var sum = 0.0;
  for (var i = lane; i < p.width; i += SIZE) { sum += x[start + i]; }
  let near = total(lane, sum) / f32(p.width);
  var rest = 0.0;
  for (var i = lane; i < p.width; i += SIZE) { rest += x[start + i] - near; }
  let left = total(lane, rest) / f32(p.width);
  var squares = 0.0;
  for (var i = lane; i < p.width; i += SIZE) { let c = (x[start + i] - near) - left; squares += c * c; }
  let inverse = inverseSqrt(total(lane, squares) / f32(p.width) + p.epsilon);
`;

const parameters = { rows: 'u32', width: 'u32', epsilon: 'f32' } as const;

/** y = weight (x - mean) / deviation + bias, one row per workgroup. */
const forward = (withBias: boolean): WebGpuKernel => ({
  name: `layer norm${withBias ? '' : ' without bias'}`,
  reads: { x: 'f32', weight: 'f32', ...(withBias && { bias: 'f32' }) },
  writes: { y: 'f32' },
  parameters,
  declarations: REDUCTIONS,
  code: `${STATISTICS}
  for (var i = lane; i < p.width; i += SIZE) {
    y[start + i] = ((x[start + i] - near) - left) * inverse * weight[i]${withBias ? ' + bias[i]' : ''};
  }`,
});

/** dx = (g - mean(g) - n mean(g n)) / deviation with g = weight dy; also the statistics of each row. */
const backwardRows: WebGpuKernel = {
  name: 'layer norm gradient',
  reads: { x: 'f32', weight: 'f32', dy: 'f32' },
  writes: { dx: 'f32', statistics: 'f32' },
  parameters,
  declarations: REDUCTIONS,
  code: `${STATISTICS}
  var whole = 0.0;
  var along = 0.0;
  for (var i = lane; i < p.width; i += SIZE) {
    let g = weight[i] * dy[start + i];
    whole += g;
    along += g * ((x[start + i] - near) - left) * inverse;
  }
  let meanG = total(lane, whole) / f32(p.width);
  let meanAlong = total(lane, along) / f32(p.width);
  for (var i = lane; i < p.width; i += SIZE) {
    let n = ((x[start + i] - near) - left) * inverse;
    dx[start + i] = (weight[i] * dy[start + i] - meanG - n * meanAlong) * inverse;
  }
  if (lane == 0u) {
    statistics[3u * group] = near;
    statistics[3u * group + 1u] = left;
    statistics[3u * group + 2u] = inverse;
  }`,
};

/** dweight = Σ dy n and dbias = Σ dy over the rows. */
const backwardColumns = columnReduction({
  name: 'layer norm gradient by its parameters',
  reads: { x: 'f32', dy: 'f32', statistics: 'f32' },
  parameters: { rows: 'u32', columns: 'u32' },
  sums: {
    dweight: 'dy[at] * ((x[at] - statistics[3u * row]) - statistics[3u * row + 1u]) * statistics[3u * row + 2u]',
    dbias: 'dy[at]',
  },
});

export const layerNormWebGpu: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const { x, weight, bias } = inputs;
  const width = weight!.shape[0]!;
  const rows = x!.size / width;
  const y = gpu.output(x!.shape);
  gpu.compute(forward(bias !== undefined), {
    tensors: { x: x!, weight: weight!, y, ...(bias && { bias }) },
    parameters: { rows, width, epsilon: attributes.epsilon },
    workgroups: rows,
  });
  return [y];
};

export const layerNormGradientWebGpu: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const gpu = webGpuInstance(backend);
  if (!gpu) return null;
  const [x, weight, dy] = [inputs.x!, inputs.weight!, inputs.dy!];
  const width = weight.shape[0]!;
  const rows = x.size / width;
  const [dx, dweight, dbias] = [gpu.output(x.shape), gpu.output([width]), gpu.output([width])];
  gpu.withScratch([rows, 3], (statistics) => {
    gpu.compute(backwardRows, {
      tensors: { x, weight, dy, dx, statistics },
      parameters: { rows, width, epsilon: attributes.epsilon },
      workgroups: rows,
    });
    gpu.compute(backwardColumns, {
      tensors: { x, dy, statistics, dweight, dbias },
      parameters: { rows, columns: width },
      workgroups: groupsOf(width, COLUMNS),
    });
  });
  return [dx, dweight, dbias];
};
