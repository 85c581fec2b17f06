import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import type { LayerNormAttributes } from './reference.js';

export const layerNormCpu: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [x, weight] = [cpu.values(inputs.x!), cpu.values(inputs.weight!)];
  const bias = inputs.bias ? cpu.values(inputs.bias) : null;
  const width = weight.length;
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    const { mean, inverse } = statistics(x, start, width, attributes.epsilon);
    for (let i = 0; i < width; i++) {
      y[start + i] = (x[start + i]! - mean) * inverse * weight[i]! + (bias ? bias[i]! : 0);
    }
  }
  return [cpu.output(inputs.x!.shape, y)];
};

export const layerNormGradientCpu: NativeKernel<LayerNormAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const [x, weight, dy] = [cpu.values(inputs.x!), cpu.values(inputs.weight!), cpu.values(inputs.dy!)];
  const width = weight.length;
  const dx = new Float32Array(x.length);
  const [dweight, dbias] = [new Float64Array(width), new Float64Array(width)];
  for (let start = 0; start < x.length; start += width) {
    const { mean, inverse } = statistics(x, start, width, attributes.epsilon);
    let [whole, along] = [0, 0];
    for (let i = 0; i < width; i++) {
      const slope = dy[start + i]!;
      const normal = (x[start + i]! - mean) * inverse;
      dweight[i] = dweight[i]! + slope * normal;
      dbias[i] = dbias[i]! + slope;
      whole += weight[i]! * slope;
      along += weight[i]! * slope * normal;
    }
    whole /= width;
    along /= width;
    for (let i = 0; i < width; i++) {
      const normal = (x[start + i]! - mean) * inverse;
      dx[start + i] = (weight[i]! * dy[start + i]! - whole - normal * along) * inverse;
    }
  }
  const sums = [dweight, dbias].map((sum) => cpu.output([width], Float32Array.from(sum)));
  return [cpu.output(inputs.x!.shape, dx), ...sums];
};

/** Mean and 1 / sqrt(variance + epsilon) of a row. */
function statistics(x: Float32Array, start: number, width: number, epsilon: number) {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += x[start + i]!;
  const mean = sum / width;
  let squares = 0;
  for (let i = 0; i < width; i++) squares += (x[start + i]! - mean) ** 2;
  return { mean, inverse: 1 / Math.sqrt(squares / width + epsilon) };
}
