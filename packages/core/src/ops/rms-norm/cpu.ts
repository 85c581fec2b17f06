import { cpuInstance } from '../../backends/cpu/instance.js';
import type { NativeKernel } from '../define-op.js';
import type { RmsNormAttributes } from './reference.js';

export const rmsNormCpu: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { groupSize, epsilon, weightOffset } = attributes;
  const [x, weight] = [cpu.values(inputs.x!), cpu.values(inputs.weight!)];
  const y = new Float32Array(x.length);
  for (let start = 0; start < x.length; start += groupSize) {
    const inverse = inverseRms(x, start, groupSize, epsilon);
    const first = start % weight.length;
    for (let i = 0; i < groupSize; i++) y[start + i] = x[start + i]! * inverse * (weight[first + i]! + weightOffset);
  }
  return [cpu.output(inputs.x!.shape, y)];
};

export const rmsNormGradientCpu: NativeKernel<RmsNormAttributes> = ({ inputs, attributes, backend }) => {
  const cpu = cpuInstance(backend);
  if (!cpu) return null;
  const { groupSize, epsilon, weightOffset } = attributes;
  const [x, weight, dy] = [cpu.values(inputs.x!), cpu.values(inputs.weight!), cpu.values(inputs.dy!)];
  const dx = new Float32Array(x.length);
  const dweight = new Float64Array(weight.length);
  for (let start = 0; start < x.length; start += groupSize) {
    const inverse = inverseRms(x, start, groupSize, epsilon);
    const first = start % weight.length;
    let along = 0;
    for (let i = 0; i < groupSize; i++) {
      const normal = x[start + i]! * inverse;
      dweight[first + i] = dweight[first + i]! + dy[start + i]! * normal;
      along += (weight[first + i]! + weightOffset) * dy[start + i]! * normal;
    }
    along /= groupSize;
    for (let i = 0; i < groupSize; i++) {
      const scaled = (weight[first + i]! + weightOffset) * dy[start + i]!;
      dx[start + i] = (scaled - x[start + i]! * inverse * along) * inverse;
    }
  }
  return [cpu.output(inputs.x!.shape, dx), cpu.output(inputs.weight!.shape, Float32Array.from(dweight))];
};

function inverseRms(x: Float32Array, start: number, size: number, epsilon: number): number {
  let squares = 0;
  for (let i = 0; i < size; i++) squares += x[start + i]! ** 2;
  return 1 / Math.sqrt(squares / size + epsilon);
}
